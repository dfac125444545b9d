import math
from datetime import timedelta
from urllib.parse import quote

import mapbox_vector_tile
import pytest
import shapely
import shapely.affinity
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from safelane.core.history.models import ChainHead, Change
from safelane.core.scope import system_actor
from safelane.core.tiles import views
from safelane.core.tiles.grid import EXTENT, Tile
from safelane.core.tiles.views import MEDIA
from safelane.hazards.models import HazardousArea, HazardPeriod
from safelane.hazards.testing import HIDDEN_NAME, area_at, register_area
from safelane.organisations.actions import grant_membership
from safelane.organisations.models import Role
from safelane.organisations.testing import CORNERS

NAME = "hazardous-areas"


def address(z, x, y, name=NAME):
    return f"/tiles/{name}/{z}/{x}/{y}.mvt"


def tile_at(z, lon, lat):
    side = 1 << z
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return Tile(z, int((lon + 180) / 360 * side), int(down * side))


def read(response, name=NAME):
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == MEDIA
    if not response.content:
        return []
    options = {"y_coord_down": True}
    return mapbox_vector_tile.decode(response.content, default_options=options)[name][
        "features"
    ]


def whole_level(client, z, name=NAME):
    side = 1 << z
    return [
        feature
        for x in range(side)
        for y in range(side)
        for feature in read(client.get(address(z, x, y, name)), name)
    ]


@pytest.fixture(autouse=True)
def empty_cache():
    views._cache.clear()


@pytest.fixture
def areas(cast):
    """Two small areas near each other, a larger one, and a long thin belt."""
    west, south = CORNERS["azerbaijan"]
    small = area_at("azerbaijan")
    shapes = {
        "AZ-1": small,
        "AZ-2": shapely.transform(small, lambda p: p + 0.003),
        "AZ-3": shapely.box(west + 0.1, south + 0.05, west + 0.3, south + 0.3),
        "AZ-4": shapely.LineString(
            [(west + 0.01, south + 0.3), (west + 0.09, south + 0.35)]
        ).buffer(0.00005),
    }
    return {
        name: register_area(cast, "azerbaijan", name, geometry=shape)
        for name, shape in shapes.items()
    }


@pytest.mark.django_db
@pytest.mark.parametrize("z", [0, 1, 2])
def test_every_hazard_is_counted_at_low_zoom(clients, areas, z):
    features = whole_level(clients["aysel"], z)
    assert sum(f["properties"]["count"] for f in features) == len(areas)
    assert all(f["geometry"]["type"] == "Point" for f in features)


@pytest.mark.django_db
@pytest.mark.parametrize("z", [6, 9, 11, 13, 14])
def test_every_hazard_is_there_at_every_zoom(clients, areas, z):
    west, south = CORNERS["azerbaijan"]
    corners = tile_at(z, west, south + 0.4), tile_at(z, west + 0.4, south)
    seen, counted = set(), 0
    for x in range(corners[0].x, corners[1].x + 1):
        for y in range(corners[0].y, corners[1].y + 1):
            for feature in read(clients["aysel"].get(address(z, x, y))):
                properties = feature["properties"]
                if properties.get("uid"):
                    seen.add(properties["uid"])
                else:
                    counted += properties["count"]
    assert len(seen) + counted == len(areas)
    if z >= 14:
        assert seen == {str(hazard.uid) for hazard in areas.values()}


@pytest.mark.django_db
def test_a_tile_shows_shape_and_properties(clients, areas):
    hazard = areas["AZ-3"]
    centre = hazard.geometry.centroid
    tile = tile_at(9, centre.x, centre.y)
    features = read(clients["aysel"].get(address(9, tile.x, tile.y)))
    (feature,) = [f for f in features if f["properties"].get("uid") == str(hazard.uid)]
    assert feature["geometry"]["type"] == "Polygon"
    assert feature["properties"]["reference"] == "AZ-3"
    assert feature["properties"]["kind"] == "sha"
    assert "name" not in feature["properties"]
    drawn = shapely.geometry.shape(feature["geometry"])
    expected = shapely.transform(hazard.geometry, tile.to_units)
    edges = shapely.box(-64, -64, EXTENT + 64, EXTENT + 64)
    expected = shapely.intersection(expected, edges)
    assert shapely.hausdorff_distance(drawn, expected) < 2


@pytest.mark.django_db
def test_points_stand_in_exactly_one_tile(clients, cast):
    west, south = CORNERS["azerbaijan"]
    inside = tile_at(8, west + 0.2, south + 0.2)
    edge = inside.bounds
    shape = shapely.box(edge[2] - 1e-5, edge[1] - 1e-5, edge[2] + 1e-5, edge[1] + 1e-5)
    register_area(cast, "azerbaijan", "AZ-E", geometry=shape)
    features = [
        feature
        for x in (inside.x - 1, inside.x, inside.x + 1)
        for y in (inside.y - 1, inside.y, inside.y + 1)
        for feature in read(clients["aysel"].get(address(8, x, y)))
    ]
    assert len(features) == 1


@pytest.mark.django_db
def test_scope_comes_before_encoding(clients, areas):
    tile = tile_at(9, *areas["AZ-3"].geometry.centroid.coords[0])
    path = address(9, tile.x, tile.y)
    assert read(clients["noy"].get(path)) == []
    assert clients["dara"].get(path).status_code == 403
    assert clients["eve"].get(path).status_code == 403
    assert clients["nobody"].get(path).status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("z", [8, 12, 15])
def test_a_coarse_reader_gets_cells_only(clients, cast, z):
    hazard = register_area(cast, "cambodia", "KH-1")
    centre = hazard.geometry.centroid
    tile = tile_at(z, centre.x, centre.y)
    found = [
        (tile.x + dx, tile.y + dy, feature)
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
        for feature in read(clients["chan"].get(address(z, tile.x + dx, tile.y + dy)))
    ]
    assert found
    for x, y, feature in found:
        west, south, east, north = Tile(z, x, y).bounds
        shape = shapely.geometry.shape(feature["geometry"])
        size = max(shape.bounds[2] - shape.bounds[0], shape.bounds[3] - shape.bounds[1])
        metres = size / EXTENT * (east - west) * 111_000
        assert shape.geom_type == "Point" or metres > 150 or shape.bounds[2] > EXTENT
        assert HIDDEN_NAME not in str(feature)
        assert feature["properties"]["rough"] is True
        if shape.geom_type == "Point":
            lon = west + shape.x / EXTENT * (east - west)
            from safelane.core.geo.cells import cell_bounds

            cell = cell_bounds(centre.x, centre.y)
            unit = (east - west) / EXTENT
            assert lon == pytest.approx((cell[0] + cell[2]) / 2, abs=2 * unit)


@pytest.mark.django_db
def test_the_order_of_cells_tells_nothing_of_the_places_in_them(clients, cast):
    """Two areas that change places within one cell leave the tile as it was."""
    west = area_at("cambodia", side=0.0001)
    east = shapely.affinity.translate(west, 0.0002)
    first, second = (
        register_area(cast, "cambodia", f"KH-{n}", geometry=shape)
        for n, shape in enumerate((west, east))
    )
    tile = tile_at(12, *west.centroid.coords[0])
    path = address(12, tile.x, tile.y)
    before = clients["chan"].get(path)
    assert len(read(before)) == 2
    for area, shape in ((second, west), (first, east)):
        area.geometry = shape
        area.save()
    views._cache.clear()
    assert clients["chan"].get(path).content == before.content


@pytest.mark.django_db
def test_a_reader_of_both_is_told_which_is_a_cell(client, cast):
    """Nobody takes a cell for an outline because outlines are drawn on the same map."""
    shown = [
        register_area(cast, "laos", "L-1"),
        register_area(cast, "cambodia", "KH-1"),
    ]
    person = cast.with_role("both", ("laa", "country", "exact", "view"), ["hazard"])
    cast.with_role("other", ("kha", "country", "cell", "view"), ["hazard"])
    cell = Role.objects.get(code="test-other")
    grant_membership(person, cast.organisations["kha"], cell, by=system_actor("tests"))
    client.force_login(person)
    told = {}
    for hazard in shown:
        tile = tile_at(12, *hazard.geometry.centroid.coords[0])
        for feature in read(client.get(address(12, tile.x, tile.y))):
            told[feature["properties"]["reference"]] = feature["properties"].get(
                "rough"
            )
    assert told == {"L-1": None, "KH-1": True}


@pytest.mark.django_db
def test_filters_of_the_register_apply(clients, areas):
    HazardousArea.objects.filter(reference="AZ-3").update(kind="cha")
    tile = tile_at(9, *areas["AZ-3"].geometry.centroid.coords[0])
    path = address(9, tile.x, tile.y)
    found = read(clients["aysel"].get(f"{path}?kind=cha"))
    assert [f["properties"]["reference"] for f in found] == ["AZ-3"]


@pytest.mark.django_db
def test_a_known_tile_is_not_sent_again_until_something_changes(clients, cast, areas):
    path = address(0, 0, 0)
    first = clients["aysel"].get(path)
    known = {"If-None-Match": first["ETag"]}
    assert clients["aysel"].get(path, headers=known).status_code == 304
    assert clients["noy"].get(path, headers=known).status_code == 200
    register_area(cast, "azerbaijan", "AZ-9")
    renewed = clients["aysel"].get(path, headers=known)
    assert renewed.status_code == 200
    assert sum(f["properties"]["count"] for f in read(renewed)) == 5


@pytest.mark.django_db
def test_tiles_are_new_when_the_older_of_two_changes_commits_last(clients, cast, areas):
    first = clients["aysel"].get(address(0, 0, 0))["ETag"]
    HazardousArea.objects.filter(reference="AZ-3").update(is_withdrawn=True)
    newest = Change.objects.latest("pk").organisation_id
    other = ChainHead.objects.exclude(organisation_id=newest).first()
    # What a writer leaves whose row got its number before the newest row did.
    ChainHead.objects.filter(pk=other.pk).update(seq=other.seq + 1, hash="0" * 64)
    assert clients["aysel"].get(address(0, 0, 0))["ETag"] != first


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["aysel", "rena"])
def test_a_tag_tells_nothing_of_what_the_tile_does_not_show(clients, areas, cast, name):
    """Neither a draft nor an area elsewhere shows: what is sent stays the same."""
    path = address(0, 0, 0)
    first = clients[name].get(path)
    register_area(cast, "laos", "LA-9")
    for area in HazardousArea.objects.filter(country__code="AZE"):
        area.comment = "a word that no tile carries"
        area.save()
    after = clients[name].get(path)
    assert (after["ETag"], after.content) == (first["ETag"], first.content)
    assert not {"Last-Modified", "Age"} & set(after.headers)


@pytest.mark.parametrize("path", ["0/1/0", "1/0/2", "23/0/0"])
def test_tiles_that_do_not_exist(clients, path):
    response = clients["aysel"].get(f"/tiles/{NAME}/{path}.mvt")
    assert response.status_code == 404


@pytest.mark.django_db
def test_unknown_collections(clients):
    assert clients["aysel"].get(address(0, 0, 0, "nothing")).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["evidence", "ordnance", "survey-boxes", "places", "admin-areas"]
)
def test_every_collection_has_tiles(clients, areas, name):
    features = whole_level(clients["aysel"], 1, name)
    assert features


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 22), st.floats(-179.99, 179.99), st.floats(-84, 84))
def test_a_place_belongs_to_one_tile(z, lon, lat):
    import numpy as np

    tile = tile_at(z, lon, lat)
    near = [Tile(z, tile.x + dx, tile.y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    holding = [
        t for t in near if t.exists and t.holds(np.array([lon]), np.array([lat]))[0]
    ]
    assert len(holding) <= 1
    (unit,) = tile.to_units(np.array([[lon, lat]]))
    assert -1 <= unit[0] <= EXTENT + 1 and -1 <= unit[1] <= EXTENT + 1


def lengths_seen(client, shape, z):
    """Return how much of a shape the tiles draw, in tile units, and how many points."""
    west, south, east, north = shape.bounds
    first, last = tile_at(z, west, north), tile_at(z, east, south)
    drawn, points = 0.0, 0
    for x in range(first.x, last.x + 1):
        for y in range(first.y, last.y + 1):
            for feature in read(client.get(address(z, x, y))):
                found = shapely.geometry.shape(feature["geometry"])
                points += found.geom_type == "Point"
                drawn += found.length
    return drawn, points


@pytest.mark.django_db
@pytest.mark.parametrize("angle", [0, 17, 45, 90])
@pytest.mark.parametrize("z", [8, 10, 12, 13, 14])
def test_a_sliver_is_drawn_along_its_length_at_every_zoom(clients, cast, z, angle):
    west, south = CORNERS["azerbaijan"]
    start = shapely.Point(west + 0.1, south + 0.15)
    axis = shapely.LineString([start, (start.x + 0.06, start.y)])
    # Six kilometres long, one metre wide.
    sliver = shapely.affinity.rotate(axis, angle).buffer(0.000005, cap_style="flat")
    register_area(cast, "azerbaijan", "AZ-9", geometry=sliver)
    drawn, points = lengths_seen(clients["aysel"], sliver, z)
    across, down = tile_at(z, start.x, start.y).units_per_degree
    turn = math.radians(angle)
    length = 0.06 * math.hypot(math.cos(turn) * across, math.sin(turn) * down)
    assert points == 0
    # Once, or there and back along both sides; margins of tiles hold some twice.
    assert 0.9 * length <= drawn <= 2.6 * length


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "stays"),
    [
        ("?as_of=2024-06-01&known_at=2020-01-01", True),
        ("?as_of=2024-06-01", False),
        ("?known_at=2020-01-01", True),
        ("?as_of=2024-06-01&known_at=2124-01-01", False),
        ("", False),
    ],
)
def test_what_was_known_long_ago_keeps_its_tag(clients, cast, query, stays):
    path = address(0, 0, 0) + query
    first = clients["aysel"].get(path)["ETag"]
    register_area(cast, "azerbaijan", "AZ-1")
    assert (clients["aysel"].get(path)["ETag"] == first) is stays
    seen = clients["aysel"].get(path, headers={"If-None-Match": first})
    assert seen.status_code == (304 if stays else 200)
    assert clients["eve"].get(path, headers={"If-None-Match": first}).status_code == 403


@pytest.mark.django_db
def test_a_moment_of_today_is_asked_again(clients, cast):
    """A long import still writes under the moment at which it began."""
    hour_ago = quote((timezone.now() - timedelta(hours=1)).isoformat())
    path = f"{address(0, 0, 0)}?as_of=2024-06-01&known_at={hour_ago}"
    first = clients["aysel"].get(path)["ETag"]
    register_area(cast, "azerbaijan", "AZ-1")
    HazardPeriod.objects.update(known_from=timezone.now() - timedelta(hours=2))
    assert clients["aysel"].get(path)["ETag"] != first
