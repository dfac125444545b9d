"""What comes in: types, doubles, extra fields, bombs, entities, addresses."""

import io
import json
import zipfile

import pytest

from safelane.exchange.files.errors import ExchangeError
from safelane.exchange.files.reading import Limits
from safelane.exchange.files.source import Source
from safelane.hazards.models import HazardReport
from safelane.hazards.testing import area_at, register_area

KML = (
    '<?xml version="1.0"?>{dtd}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    "<Placemark><name>{name}</name><Point><coordinates>103,19</coordinates></Point>"
    "</Placemark></Document></kml>"
)
ENTITY = '<!DOCTYPE kml [<!ENTITY x SYSTEM "{where}">]>'


@pytest.fixture
def body(cast):
    return {
        "organisation": str(cast.organisations["lao"].uid),
        "date_of_information": "2026-03-01",
        "reference": "LA-9",
        "facts": {
            "kind": "sha",
            "status": "open",
            "geometry": area_at("laos").__geo_interface__,
        },
    }


def send(client, body, path="/api/v1/reports"):
    return client.post(path, json.dumps(body), content_type="application/json")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("date_of_information", 20260301),
        ("date_of_information", ["2026-03-01"]),
        ("reference", {"$ne": ""}),
        ("organisation", 1),
        ("organisation", True),
        ("facts", "kind=sha"),
        ("evidence", {"0": {}}),
    ],
)
@pytest.mark.django_db
def test_a_value_of_another_type_is_refused(clients, body, name, value):
    assert send(clients["bounmy"], body | {name: value}).status_code == 422
    assert not HazardReport.objects.exists()


@pytest.mark.parametrize(
    "extra",
    [
        {"stage": "approved"},
        {"author": 1},
        {"approved_at": "2026-01-01"},
        {"organisation_id": 1},
        {"is_superuser": True},
    ],
)
@pytest.mark.django_db
def test_a_field_that_is_nobodys_to_set_is_not_set(clients, cast, body, extra):
    answer = send(clients["bounmy"], body | extra)
    if answer.status_code == 422:
        assert not HazardReport.objects.exists()
        return
    report = HazardReport.objects.get()
    assert report.stage == "draft"
    assert report.organisation == cast.organisations["lao"]


@pytest.mark.django_db
def test_a_value_given_twice_counts_once_and_only_from_its_place(clients, cast, body):
    for number in range(3):
        register_area(cast, "laos", f"LA-{number}")
    found = clients["bounmy"].get("/api/v1/hazards?limit=2&limit=1").json()
    assert len(found["items"]) in (1, 2)
    # What stands in the address is no part of the body, and the other way round.
    answer = send(clients["bounmy"], {}, "/api/v1/reports?reference=LA-9&kind=sha")
    assert answer.status_code == 422
    page = clients["bounmy"].post("/hazards/?q=LA-1", {"q": "LA-2"})
    assert page.status_code in (403, 405)


@pytest.mark.parametrize("limit", [0, -1, 10_000_000, "x", "1e3"])
@pytest.mark.django_db
def test_nobody_asks_for_everything_at_once(clients, limit):
    answer = clients["aysel"].get(f"/api/v1/hazards?limit={limit}")
    assert answer.status_code == 422


@pytest.mark.django_db
def test_a_form_with_too_many_fields_is_refused(clients, settings):
    many = {f"x{n}": "1" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    answer = clients["aysel"].post("/language/", many)
    assert answer.status_code in (400, 413, 422)


def read(path, **limits):
    with Source(path, limits=Limits(**limits)) as source:
        for _batch in source.batches():
            pass


@pytest.mark.parametrize(
    "where", ["file:///etc/passwd", "http://127.0.0.1:9/", "/etc/passwd"]
)
def test_entities_lead_nowhere(tmp_path, where):
    path = tmp_path / "a.kml"
    path.write_text(KML.format(dtd=ENTITY.format(where=where), name="&x;"))
    with pytest.raises(ExchangeError) as fault:
        read(path)
    assert "root:" not in str(fault.value)


@pytest.mark.parametrize(
    "limit", [{"archive_bytes": 1_000_000}, {"archive_members": 3}]
)
def test_an_archive_is_measured_before_it_is_unpacked(tmp_path, limit):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"{number}.shp", b"\0" * 500_000)
    with pytest.raises(ExchangeError):
        read(path, **limit)


@pytest.mark.parametrize(
    "name", ["/vsicurl/http://127.0.0.1:9/a.gpkg", "http://127.0.0.1:9/a.geojson"]
)
@pytest.mark.django_db
def test_a_file_named_like_an_address_is_a_file(cast, name):
    from safelane.core.files.store import open_file, store_file
    from safelane.core.scope import system_actor

    stored = store_file(
        io.BytesIO(b"a,b\n1,2\n"),
        name,
        kind="import",
        verb="hazard.import",
        by=system_actor(),
    )
    assert "/" not in stored.name
    with open_file(stored) as file:
        assert file.read() == b"a,b\n1,2\n"


def test_a_file_that_points_elsewhere_is_not_followed(tmp_path):
    """GDAL's VRT can name any other file or address."""
    (tmp_path / "secret.csv").write_text("a,b\nsecret,2\n")
    vrt = (
        "<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>"
        f"{tmp_path / 'secret.csv'}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    for name in ("a.vrt", "a.xml", "a.geojson", "a.gpkg"):
        (tmp_path / name).write_text(vrt)
        with pytest.raises(ExchangeError):
            read(tmp_path / name)
