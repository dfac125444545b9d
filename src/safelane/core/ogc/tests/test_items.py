import json
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext

from safelane.core.geo.cells import cell_of
from safelane.core.ogc import crs
from safelane.core.ogc.params import MAX_LIMIT
from safelane.core.protect.addresses import written_key
from safelane.hazards.testing import HIDDEN_NAME, register_area

pytestmark = pytest.mark.django_db
ITEMS = "/ogc/collections/hazardous-areas/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def ask(clients, query="", who="aysel", path=ITEMS):
    response = clients[who].get(f"{path}{query}")
    assert response.status_code == 200, response.content
    return response.json()


def references(page):
    return [feature["properties"]["reference"] for feature in page["features"]]


def box_of(hazard, margin=0.001):
    w, s, e, n = hazard.geometry.bounds
    return f"{w - margin},{s - margin},{e + margin},{n + margin}"


def test_a_page_of_features_is_valid(clients, register, valid):
    response = clients["aysel"].get(ITEMS)
    page = response.json()
    valid(page, "featureCollectionGeoJSON")
    assert response["Content-Type"] == "application/geo+json"
    assert response["Content-Crs"] == f"<{crs.CRS84}>"
    assert references(page) == ["AZ-1", "AZ-2", "AZ-3"]
    assert (page["numberMatched"], page["numberReturned"]) == (3, 3)


def test_a_feature_holds_what_the_register_holds(clients, register, valid):
    hazard = register["AZ-2"]
    feature = ask(clients, f"/{hazard.uid}")
    valid(feature, "featureGeoJSON")
    assert feature["id"] == str(hazard.uid)
    assert feature["properties"]["kind"] == "cha"
    assert feature["properties"]["country"] == "AZE"
    assert feature["properties"]["last_information"] == "2024-05-01"
    assert feature["properties"]["area_m2"] == pytest.approx(hazard.area_m2)
    shape = shapely.from_geojson(json.dumps(feature["geometry"]))
    assert shapely.hausdorff_distance(shape, hazard.geometry) < 1e-7


@pytest.mark.parametrize("query", ["", f"?crs={EPSG}3857"])
def test_a_moment_names_its_zone(clients, register, query):
    """Programs take one without a zone as their own time (RFC 3339 needs it)."""
    found = ask(clients, query)["features"][0]["properties"]["updated_at"]
    assert datetime.fromisoformat(found) == register["AZ-1"].updated_at


@pytest.mark.parametrize("query", ["", f"?crs={EPSG}3857"])
def test_several_codes_are_one_text(clients, cast, query):
    register_area(cast, "laos", "LA-1", contamination=["ap_mines", "uxo"])
    register_area(cast, "laos", "LA-2")
    found = ask(clients, query, who="noy")["features"]
    assert "" not in {str(v) for f in found for v in f["properties"].values()}
    assert [f["properties"]["contamination"] for f in found] == ["ap_mines, uxo", None]


def test_scope_decides_which_rows(clients, register):
    assert references(ask(clients, who="noy")) == ["LA-1"]
    hazard = register["LA-1"]
    assert clients["aysel"].get(f"{ITEMS}/{hazard.uid}").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"), [("dara", 403), ("eve", 403), ("nobody", 401)]
)
def test_who_may_see_nothing_is_told(clients, register, who, status):
    assert clients[who].get(ITEMS).status_code == status
    assert clients[who].get(f"{ITEMS}/{register['AZ-1'].uid}").status_code == status


def test_pages_follow_their_next_links(clients, register):
    seen, address = [], f"{ITEMS}?limit=1"
    while address:
        page = clients["aysel"].get(address).json()
        seen += references(page)
        assert page["numberMatched"] == 3
        links = {link["rel"]: link["href"] for link in page["links"]}
        address = links.get("next")
        assert address is None or address.startswith("http://testserver/")
    assert seen == ["AZ-1", "AZ-2", "AZ-3"]


def test_next_links_tell_nobody_how_many_rows_others_wrote(clients, register):
    page = clients["aysel"].get(f"{ITEMS}?limit=1").json()
    address = next(a["href"] for a in page["links"] if a["rel"] == "next")
    after = parse_qs(urlsplit(address).query)["after"]
    assert after == [written_key(register["AZ-1"].pk, "hazardous-areas")]
    for old in (str(register["AZ-1"].pk), after[0].swapcase()):
        answer = clients["aysel"].get(f"{ITEMS}?limit=1&after={old}")
        assert answer.status_code == 400
        assert "cannot be used as after" in answer.json()["description"]


def test_next_links_keep_the_box(clients, register):
    box = box_of(register["AZ-1"])
    seen, address = [], f"{ITEMS}?limit=2&bbox={box}"
    while address:
        page = clients["aysel"].get(address).json()
        seen += references(page)
        assert page["numberMatched"] == 3
        links = {link["rel"]: link["href"] for link in page["links"]}
        address = links.get("next")
    assert seen == ["AZ-1", "AZ-2", "AZ-3"]


def test_bbox_takes_what_it_touches(clients, register):
    w, s, e, n = register["AZ-1"].geometry.bounds
    assert ask(clients, f"?bbox={e},{n},{e + 1},{n + 1}")["numberMatched"] == 3
    past = e + 0.0001
    assert ask(clients, f"?bbox={past},{n},{past + 1},{n + 1}")["numberMatched"] == 0
    assert ask(clients, f"?bbox={w},{s},-100,{e},{n},9000")["numberMatched"] == 3
    west = f"{w - 2},{s},-100,{w - 1},{n},9000"
    assert ask(clients, f"?bbox={west}")["numberMatched"] == 0


def test_bbox_means_the_shape_not_its_box(clients, cast, register):
    shape = shapely.Polygon([(48, 40), (48.1, 40), (48, 40.1)])
    register_area(cast, "azerbaijan", "AZ-T", geometry=shape)
    corner = "?bbox=48.09,40.09,48.099,40.099"
    assert ask(clients, corner)["numberMatched"] == 0
    assert references(ask(clients, "?bbox=48.01,40.01,48.02,40.02")) == ["AZ-T"]


@pytest.mark.parametrize("code", [4326, 3857, 32638])
def test_other_systems_in_and_out(clients, register, code):
    hazard = register["AZ-1"]
    page = ask(clients, f"?crs={EPSG}{code}&limit=1")
    response = clients["aysel"].get(f"{ITEMS}?crs={EPSG}{code}")
    assert response["Content-Crs"] == f"<{EPSG}{code}>"
    shape = shapely.from_geojson(json.dumps(page["features"][0]["geometry"]))
    if code == 4326:
        assert shape.bounds[0] == pytest.approx(hazard.geometry.bounds[1])
    else:
        assert shape.bounds[0] > 1000
    box = ",".join(str(side) for side in shape.buffer(0.0001).bounds)
    found = ask(clients, f"?bbox={box}&bbox-crs={EPSG}{code}")
    assert found["numberMatched"] == 3
    one = ask(clients, f"/{hazard.uid}?crs={EPSG}{code}")
    assert one["geometry"] == page["features"][0]["geometry"]


@pytest.mark.parametrize(
    ("interval", "count"),
    [
        ("2024-05-01", 3),
        ("2024-05-01T12:00:00Z", 3),
        ("2024-05-01T", 3),
        ("2024-05-02", 0),
        ("../2024-05-01", 3),
        ("2024-05-02/..", 0),
        ("/2024-12-31", 3),
        ("2024-01-01T00:00:00Z/2024-12-31T23:59:59Z", 3),
        ("2023-01-01/2023-12-31", 0),
    ],
)
def test_datetime(clients, register, interval, count):
    assert ask(clients, f"?datetime={interval}")["numberMatched"] == count


def test_what_has_no_date_is_found_at_every_time(clients, register):
    """OGC API - Features, Part 1, 7.15.4."""
    items = "/ogc/collections/evidence/items?datetime="
    dated = register["AZ-1"].evidence
    assert dated.get().found_on is None
    for found_on, count in ((None, 3), ("2024-05-02", 2), ("2024-05-01", 3)):
        dated.update(found_on=found_on)
        answer = clients["aysel"].get(f"{items}2024-05-01")
        assert answer.json()["numberMatched"] == count


@pytest.mark.parametrize(
    "query",
    [
        "?colour=red",
        "?limit=0",
        "?limit=-1",
        "?limit=ten",
        "?limit=1&limit=2",
        "?bbox=1,2,3",
        "?bbox=1,2,3,x",
        "?bbox=1,2,3,nan",
        "?bbox=1,50,3,40",
        "?bbox=500,0,501,1",
        "?bbox=0,0,1,1&bbox-crs=urn:x",
        "?crs=http://www.opengis.net/def/crs/EPSG/0/9999999",
        "?datetime=yesterday",
        "?datetime=2024-13-01",
        "?datetime=9999-12-31T23:59:59-14:00",
        "?datetime=0001-01-01T00:00:00%2B14:00/..",
        "?filter=updated_at > TIMESTAMP('0001-01-01T00:00:00%2B14:00')",
        "?datetime=../..x",
        "?datetime=..",
        "?datetime=2024-05-02/2024-05-01",
        "?depth_cm=deep",
        "?filter=kind%20=",
        "?filter=colour='red'",
        "?filter=kind='cha'&filter-lang=cql-json",
    ],
)
def test_unusable_parameters_are_refused(clients, register, valid, query):
    response = clients["aysel"].get(f"{ITEMS}{query}")
    assert response.status_code == 400, query
    valid(response.json(), "exception")
    assert response.json()["description"]


def test_a_huge_limit_is_cut(clients, register):
    assert ask(clients, f"?limit={MAX_LIMIT * 5}")["numberReturned"] == 3


def test_properties_filter(clients, register):
    assert references(ask(clients, "?kind=cha")) == ["AZ-2"]
    assert references(ask(clients, "?kind=sha&reference=AZ-3")) == ["AZ-3"]
    assert references(ask(clients, "?last_information=2024-05-01&kind=cha")) == ["AZ-2"]


@pytest.mark.parametrize("fid", ["nothing", "1", "0" * 32, "'; DROP TABLE"])
def test_an_unknown_feature_is_not_found(clients, register, valid, fid):
    response = clients["aysel"].get(f"{ITEMS}/{fid}")
    assert response.status_code == 404
    valid(response.json(), "exception")


def test_withdrawn_areas_are_gone(clients, register):
    hazard = register["AZ-1"]
    type(hazard).objects.filter(pk=hazard.pk).update(is_withdrawn=True)
    assert references(ask(clients)) == ["AZ-2", "AZ-3"]
    assert clients["aysel"].get(f"{ITEMS}/{hazard.uid}").status_code == 404


def test_a_coarse_reader_gets_cells_and_no_secrets(clients, register):
    page = ask(clients, who="chan")
    (feature,) = page["features"]
    exact = register["KH-1"].geometry
    shape = shapely.from_geojson(json.dumps(feature["geometry"]))
    assert shape.contains(exact.centroid) and shape.area > 20 * exact.area
    assert feature["properties"]["name"] is None
    assert HIDDEN_NAME not in json.dumps(page)
    assert feature["properties"]["area_m2"] != register["KH-1"].area_m2
    one = ask(clients, f"/{register['KH-1'].uid}", who="chan")
    assert one["geometry"] == feature["geometry"]


def test_small_boxes_tell_a_coarse_reader_no_more_than_the_cell(clients, register):
    (feature,) = ask(clients, who="chan")["features"]
    shape = shapely.from_geojson(json.dumps(feature["geometry"]))
    w, s, e, n = shape.buffer(-0.0005).bounds
    for x, y in ((w, s), (e, s), (w, n), (e, n)):
        box = f"?bbox={x},{y},{x + 1e-5},{y + 1e-5}"
        assert ask(clients, box, who="chan")["numberMatched"] == 1


def test_filters_on_hidden_facts_tell_a_coarse_reader_nothing(clients, register):
    hit = f"?filter=name%20LIKE%20'{HIDDEN_NAME[:6]}%25'"
    assert ask(clients, hit)["numberMatched"] == 3
    assert ask(clients, hit, who="chan")["numberMatched"] == 0
    assert ask(clients, f"?name={HIDDEN_NAME}", who="chan")["numberMatched"] == 0


def test_a_coarse_reader_finds_the_cell_and_not_the_polygon_in_it(clients, register):
    west, south, east, north = cell_of(register["KH-1"].geometry.bounds)
    wide, high = (east - west) / 50, (north - south) / 50
    corners = {
        "in its corner": (west + wide, south + high, True),
        "in the other corner": (east - 2 * wide, north - 2 * high, True),
        "beside it": (east + wide, south + high, False),
        "below it": (west + wide, south - 2 * high, False),
    }
    for where, (x, y, is_found) in corners.items():
        box = f"{x},{y},{x + wide},{y + high}"
        asked = {
            f"?bbox={box}": is_found,
            f"?filter=S_INTERSECTS(geometry,BBOX({box}))": is_found,
            f"?filter=S_CONTAINS(geometry,BBOX({box}))": is_found,
            f"?filter=S_DISJOINT(geometry,BBOX({box}))": not is_found,
            f"?filter=S_WITHIN(geometry,BBOX({box}))": False,
        }
        for query, expected in asked.items():
            page = ask(clients, query, who="chan")
            assert page["numberMatched"] == int(expected), (where, query)
            assert len(page["features"]) == int(expected), (where, query)
    around = f"{west - wide},{south - high},{east + wide},{north + high}"
    within = f"?filter=S_WITHIN(geometry,BBOX({around}))"
    assert ask(clients, within, who="chan")["numberMatched"] == 1


def test_points_of_coarse_readers_are_cells(clients, register):
    page = ask(clients, who="chan", path="/ogc/collections/evidence/items")
    (feature,) = page["features"]
    assert feature["geometry"]["type"] == "Polygon"
    assert feature["properties"]["hazard"] is None
    exact = ask(clients, path="/ogc/collections/evidence/items")
    assert exact["features"][0]["geometry"]["type"] == "Point"
    assert exact["features"][0]["properties"]["hazard"] == "AZ-1"


def test_reading_takes_two_statements_at_most(clients, register):
    ask(clients, f"?bbox={box_of(register['AZ-1'])}")
    with CaptureQueriesContext(
        connection,
    ) as captured:
        ask(clients, f"?bbox={box_of(register['AZ-1'])}")
    reading = [q for q in captured.captured_queries if "_geom" in q["sql"]]
    assert len(reading) <= 2


def test_a_box_with_very_many_matches_is_not_counted(clients, register, monkeypatch):
    from safelane.core.ogc import features

    monkeypatch.setattr(features, "COUNT_LIMIT", 2)
    page = ask(clients, f"?bbox={box_of(register['AZ-1'])}&limit=2")
    assert "numberMatched" not in page
    assert references(page) == ["AZ-1", "AZ-2"]
    assert page["links"][-1]["rel"] == "next"


@pytest.mark.parametrize("many", [1, 10_000])
def test_pages_of_a_box_lead_through_all_rows_counted_or_not(
    clients, register, monkeypatch, many
):
    """SQLite leaves the count out where the next rows show very many matches."""
    from safelane.core.ogc import features

    monkeypatch.setattr(features, "MANY", many)
    monkeypatch.setattr(features, "WALK", 3)
    seen, address = [], f"{ITEMS}?bbox={box_of(register['AZ-1'])}&limit=1"
    while address:
        page = clients["aysel"].get(address).json()
        seen += references(page)
        is_last = not any(link["rel"] == "next" for link in page["links"])
        left_out = connection.vendor == "sqlite" and many == 1 and not is_last
        assert ("numberMatched" in page) is not left_out
        links = {link["rel"]: link["href"] for link in page["links"]}
        address = links.get("next")
    assert seen == ["AZ-1", "AZ-2", "AZ-3"]


def test_pages_for_people(clients, register):
    assert b"AZ-1" in clients["aysel"].get(f"{ITEMS}?f=html").content
    address = f"{ITEMS}/{register['AZ-1'].uid}?f=html"
    assert b"AZ-1" in clients["aysel"].get(address).content


def test_pending_reports_are_for_those_who_write_and_review(clients, register):
    path = "/ogc/collections/reports-pending/items"
    assert ask(clients, path=path)["numberMatched"] == 0
    assert clients["chan"].get(path).status_code == 403


def test_places_and_areas_are_there_for_all_roles(clients, register):
    for name in ("places", "admin-areas"):
        for who in ("aysel", "chan", "dara"):
            path = f"/ogc/collections/{name}/items"
            assert ask(clients, who=who, path=path)["numberMatched"] > 0
