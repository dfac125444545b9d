"""GDAL reads, filters and copies every collection over HTTP (OAPIF driver)."""

import json
from functools import partial

import pytest

from safelane.hazards.testing import area_at
from tests.interop.conftest import Site, digits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def ogr2ogr(run_client, site, tmp_path):
    """Return a function that copies a collection and gives its features."""
    return partial(copied, run_client, tmp_path / "copy.geojson", site)


def copied(run_client, path, site, collection, *extra):
    path.unlink(missing_ok=True)
    header = f"Authorization: Bearer {site.token}"
    source = (f"OAPIF:{site.url}", "-oo", "PAGE_SIZE=2", collection)
    config = ("--config", "GDAL_HTTP_HEADERS", header)
    run_client("ogr2ogr", *config, "-f", "GeoJSON", str(path), *source, *extra)
    return json.loads(path.read_text(encoding="utf-8"))["features"]


def test_every_collection_is_copied_whole_page_by_page(site, ogr2ogr):
    wrong = {}
    for collection in site.collections:
        stored = {str(key) for key in keys(site, collection)}
        found = ogr2ogr(collection.name)
        if sorted(ids(found)) != sorted(stored) or len(stored) < 3:
            wrong[collection.name] = (len(found), len(stored))
    assert wrong == {}
    assert len(site.collections) == 9


def keys(site, collection):
    return site.rows(collection).values_list("uid", flat=True)


def ids(features):
    return [f.get("id", f["properties"].get("id")) for f in features]


def test_every_collection_is_filtered_by_box(site, ogr2ogr):
    wrong = {}
    for collection in site.collections:
        box, expected = site.corner(collection)
        found = ogr2ogr(collection.name, "-spat", *map(str, box))
        if len(found) != expected:
            wrong[collection.name] = (len(found), expected)
    assert wrong == {}


def test_every_collection_is_filtered_by_attribute(site, ogr2ogr):
    wrong = {}
    for collection in site.collections:
        name, value, expected = site.filtered(collection)
        literal = value if isinstance(value, int) else f"'{value}'"
        found = ogr2ogr(collection.name, "-where", f"{name} = {literal}")
        if len(found) != expected:
            wrong[collection.name] = (len(found), expected)
    assert wrong == {}


@pytest.mark.parametrize(
    "where",
    [
        "first_information < '2024-05-01'",
        "first_information <= '2024-05-01'",
        "last_information > '2024-05-01T00:00:00Z'",
        "last_information >= '2024-05-01'",
        "updated_at > '2020-01-01T00:00:00Z'",
        "updated_at < '2020-01-01T00:00:00Z'",
        "last_information >= '2024-01-01' AND last_information < '2025-01-01'",
        "reference LIKE 'la-%'",
        "reference ILIKE 'la-%'",
        "reference <> 'LA-1'",
        "NOT (reference = 'LA-1') OR kind = 'cha'",
        "reference IN ('LA-1', 'LA-2')",
        "depth_cm IS NULL",
        "area_m2 BETWEEN 1 AND 100000000",
    ],
)
def test_a_filter_finds_what_it_finds_in_the_copy(
    site, ogr2ogr, run_client, tmp_path, where
):
    """GDAL believes the server, and looks through a copied file by itself."""
    found = ogr2ogr("hazardous-areas", "-where", where)
    ogr2ogr("hazardous-areas")
    whole, part = tmp_path / "copy.geojson", tmp_path / "part.geojson"
    run_client("ogr2ogr", "-f", "GeoJSON", str(part), str(whole), "-where", where)
    expected = json.loads(part.read_text(encoding="utf-8"))["features"]
    assert sorted(map(str, ids(found))) == sorted(map(str, ids(expected)))


def test_shapes_arrive_as_they_are_stored(site, ogr2ogr):
    (area,) = [
        f for f in ogr2ogr("hazardous-areas") if f["properties"]["reference"] == "LA-1"
    ]
    row = site.collections[4]
    assert row.name == "hazardous-areas"
    stored = site.rows(row).get(reference="LA-1")
    west, south, east, north = stored.geometry.bounds
    xs, ys = zip(*area["geometry"]["coordinates"][0], strict=True)
    assert (min(xs), max(xs)) == pytest.approx((west, east), abs=1e-7)
    assert (min(ys), max(ys)) == pytest.approx((south, north), abs=1e-7)


def test_a_coarse_reader_gets_no_exact_corner(run_client, site, cast, token, tmp_path):
    reader = Site(site.url, token("chan"), cast.actor("chan"))
    found = copied(run_client, tmp_path / "c.geojson", reader, "hazardous-areas")
    assert [f["properties"]["reference"] for f in found] == ["KH-1"]
    assert [d for d in digits(area_at("cambodia")) if d in json.dumps(found)] == []


def test_the_token_may_be_a_password(run_client, site):
    config = ("--config", "GDAL_HTTP_USERPWD", f"token:{site.token}")
    listed = run_client("ogrinfo", "-q", f"OAPIF:{site.url}", *config)
    assert [c.name for c in site.collections if c.name not in listed] == []


def test_a_stranger_reads_nothing(run_client, site, tmp_path):
    stranger = Site(site.url, "slt_nobody", site.actor)
    with pytest.raises(AssertionError, match="401|Unauthorized"):
        copied(run_client, tmp_path / "s.geojson", stranger, "hazardous-areas")
