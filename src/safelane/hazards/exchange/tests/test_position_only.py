"""Areas that are known by their position only: by file and page, and how they show."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from django.test import Client

from safelane.core.review.newrecords import Registration
from safelane.core.scope import system_actor
from safelane.core.scope.precision import is_exact, published
from safelane.countries import load_pack
from safelane.exchange.exports import export_records
from safelane.exchange.files.formats import FORMATS as FORMATS_KNOWN
from safelane.exchange.files.source import Source
from safelane.exchange.kinds import exported_columns
from safelane.exchange.mapping.apply import apply_mapping, read_places
from safelane.exchange.mapping.guess import guess_mapping
from safelane.hazards.actions import register_approved
from safelane.hazards.exchange.prepare import hazards_target
from safelane.hazards.exchange.tests.conftest import feature
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.queries import areas, counts_of, overlapping
from safelane.hazards.testing import area_at, register_area
from safelane.hazards.tests.conftest import square
from safelane.organisations.actions import grant_membership
from safelane.organisations.models import Role

HERE = (103.15, 19.45)


def point(number: int, **said: Any) -> dict[str, Any]:
    lon, lat = HERE
    place = {"type": "Point", "coordinates": [lon + number / 1000, lat]}
    return feature(number, place, **said)


def test_points_come_in_without_an_outline_and_with_the_stated_size(bring_in: Any):
    run = bring_in(point(1, area="11777.5"), point(2), feature(3))
    assert run.stage == "done" and run.counts["created"] == 3
    one, two, three = HazardousArea.objects.order_by("reference")
    assert (one.geometry.geom_type, one.area_m2) == ("Point", None)
    assert (one.stated_area_m2, two.stated_area_m2) == (11777.5, None)
    assert one.admin_area is not None
    assert three.area_m2 > 0
    sums = counts_of(areas(system_actor()))
    assert sums["area_m2"] == pytest.approx(three.area_m2)
    again = bring_in(point(1, area="11777.5"), point(2), feature(3))
    assert again.counts["unchanged"] == 3


def test_a_point_within_an_outline_shares_no_ground_with_it(bring_in: Any, field: Any):
    around = square(HERE[0], HERE[1] - 0.001).__geo_interface__
    bring_in(point(1), feature(2, around))
    place = HazardousArea.objects.get(reference="XK-1").geometry
    assert overlapping(field.manager, place) == []
    found = json.dumps(list(HazardReport.objects.values_list("findings", flat=True)))
    assert "overlap" not in found


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "MultiPoint", "coordinates": [[103.1, 19.4], [103.2, 19.4]]},
        {"type": "LineString", "coordinates": [[103.1, 19.4], [103.2, 19.4]]},
    ],
)
def test_what_is_neither_outline_nor_one_place_is_refused(bring_in: Any, shape: Any):
    run = bring_in(feature(1, shape), point(2), mode="skip")
    assert list(HazardousArea.objects.values_list("reference", flat=True)) == ["XK-2"]
    (fault,) = run.faults.filter(level="error")
    assert shape["type"] in fault.message


FORMATS = ["geojson", "gpkg", "csv", "xlsx", "kml", "kmz", "shapefile", "filegdb"]


@pytest.mark.parametrize("name", FORMATS)
def test_points_outlines_and_rows_without_a_place_leave_in_one_table(
    bring_in: Any, tmp_path: Any, name: str
):
    """A format with one family of geometry in a layer still brings all rows back."""
    nowhere = feature(3)
    nowhere["geometry"] = None
    bring_in(point(1, area="11777.5"), feature(2), nowhere)
    out = tmp_path / f"out{FORMATS_KNOWN[name].suffix}"
    export_records(out, "hazards", name, query="", flat=False, by=system_actor())
    with Source(out) as source:
        told, others = source.telling(), source.info.layers
        target = hazards_target(load_pack("laos"))
        target = replace(target, exported=exported_columns("hazards"))
        mapping = guess_mapping(source.info, told, target)
    batch = told
    # What only exports write does not come back as facts of the areas.
    rest = apply_mapping(mapping, target, batch).rest
    kept = {name for row in rest for name in row}
    assert kept.isdisjoint({"organisation", "country", "precision", "Country", "uid"})
    places = read_places(mapping.geometry, batch).geometry
    names = batch.columns[mapping.fields["reference"].column]
    kinds = {n: w and shapely.from_wkb(w) for n, w in zip(names, places, strict=True)}
    assert sorted(names) == ["XK-1", "XK-2", "XK-3"] and set(others) <= {
        "",
        "hazards",
        "Notes",
    }
    assert kinds["XK-3"] is None and "Polygon" in kinds["XK-2"].geom_type
    (place,) = shapely.get_coordinates(kinds["XK-1"])
    assert tuple(place) == pytest.approx((HERE[0] + 0.001, HERE[1]))
    sizes = batch.columns[mapping.fields["stated_area_m2"].column]
    assert float(sizes[names.index("XK-1")]) == 11777.5


@pytest.fixture
def known(cast: Any) -> HazardousArea:
    """Return an area of Laos that is known by its position."""
    place = shapely.Point(*HERE)
    return register_area(
        cast, "laos", "LA-POINT", geometry=place, stated_area_m2=25_000.0
    )


@pytest.mark.parametrize("query", ["", "?as_of=2024-12-31", "?kind=sha"])
@pytest.mark.parametrize("person", ["noy", "chan"])
def test_programs_find_positions_in_a_layer_of_their_own(
    cast: Any, clients: Any, person: str, query: str
):
    """Theirs hold one kind of shape; tiles hold both. Coarse readers get cells."""
    country = "laos" if person == "noy" else "cambodia"
    place = area_at(country).centroid
    register_area(cast, country, "POINT", geometry=place, kind="sha")
    register_area(cast, country, "OUTLINE", kind="sha")
    found = {}
    for name in ("hazardous-areas", "hazardous-area-positions"):
        page = clients[person].get(f"/ogc/collections/{name}/items{query}").json()
        (one,) = page["features"]
        said = one["properties"]
        found[said["reference"]] = one["geometry"]["type"], said["area_m2"]
    assert found["OUTLINE"][0] == "Polygon" and found["OUTLINE"][1] > 0
    assert found["POINT"] == ("Point" if person == "noy" else "Polygon", None)
    drawn = clients[person].get("/tiles/hazardous-areas/0/0/0.mvt").content
    (layer,) = mapbox_vector_tile.decode(drawn).values()
    assert sum(f["properties"].get("count", 1) for f in layer["features"]) == 2


def test_pages_say_that_there_is_no_outline(known: HazardousArea, clients: Any):
    listed = clients["noy"].get("/hazards/").content.decode()
    assert "2.50 ha as stated, no outline" in listed
    record = clients["noy"].get(f"/hazards/{known.uid}/").content.decode()
    assert "None: the area is known by its position only" in record


def test_who_sees_districts_is_not_told_what_is_missing(cast: Any, clients: Any):
    """Whether a position is known is hidden with it."""
    place, size = area_at("azerbaijan").centroid, 25_000.0
    area = register_area(
        cast, "azerbaijan", "AZ-P", geometry=place, stated_area_m2=size
    )
    for person, told in (("sevda", False), ("rena", True), ("aysel", True)):
        listed = clients[person].get("/hazards/").content.decode()
        record = clients[person].get(f"/hazards/{area.uid}/").content.decode()
        assert "2.50 ha as stated" in listed
        assert ("as stated, no outline" in listed) == told
        assert ("known by its position only" in record) == told
        assert "no position" not in listed + record


def test_pages_say_that_there_is_no_position(cast: Any, clients: Any):
    said = {"kind": "sha", "status": "open", "stated_area_m2": 3_500.0}
    day, home = date(2024, 5, 1), cast.organisations["laa"]
    report = ReportInput(date_of_information=day, reference="LA-NOWHERE", facts=said)
    registration = Registration(home, home.country, "", "made for tests")
    register_approved([report], registration, by=system_actor("tests"))
    area = HazardousArea.objects.get(reference="LA-NOWHERE")
    listed = clients["noy"].get("/hazards/?q=LA-NOWHERE").content.decode()
    assert "3,500 m² as stated, no position" in listed
    record = clients["noy"].get(f"/hazards/{area.uid}/").content.decode()
    assert "None, and no position: the map does not show this area" in record
    home = clients["noy"].get("/").content.decode()
    assert "without outline" in home and "All areas 0 m²" not in " ".join(home.split())


def test_a_coarse_reader_gets_the_cell(known: HazardousArea, cast: Any):
    role = Role.objects.get(code="reader")
    home = cast.organisations["laa"]
    grant_membership(cast.users["eve"], home, role, by=system_actor())
    row = HazardousArea.objects.visible_to(cast.actor("eve")).get()
    cell = published(row)["geometry"]
    assert not is_exact(row) and cell.geom_type == "Polygon"
    assert cell.covers(known.geometry) and not cell.equals(known.geometry)


def test_one_typed_line_is_submitted(cast: Any, clients: dict[str, Client]):
    sent = {
        "reference": "LA-TYPED",
        "date_of_information": "2024-05-01",
        "kind": "sha",
        "status": "open",
        "outline-method": "typed",
        "outline-typed": "19.45, 103.15",
        "then": "submit",
    }
    for name in ("evidence", "ordnance", "boxes", "points"):
        sent |= {f"{name}-TOTAL_FORMS": "0", f"{name}-INITIAL_FORMS": "0"}
    answer = clients["bounmy"].post("/hazards/reports/new/", sent)
    report = HazardReport.objects.get(reference="LA-TYPED")
    assert answer.status_code == 302 and report.stage == "submitted"
    assert report.geometry.geom_type == "Point" and report.area_m2 is None
    assert json.dumps(report.findings).count("polygon") == 0
