"""GDAL and QGIS read the collections over HTTP, each reader as exactly as allowed."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from safelane.hazards.testing import area_at, register_area
from safelane.organisations.signin.actions import create_token

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
QGIS_SCRIPT = Path(__file__).with_name("read_with_qgis.py")
COLLECTIONS = ("hazardous-areas", "evidence", "ordnance", "admin-areas", "places")


@pytest.fixture
def token(cast, actors):
    """Return a function: person -> API token."""

    def make(name):
        membership = cast.users[name].memberships.get()
        expires = timezone.now() + timedelta(days=1)
        _row, secret = create_token(membership, "interop", expires, by=actors[name])
        return secret

    return make


@pytest.fixture
def served(live_server, cast):
    register_area(cast, "laos", "LA-1")
    register_area(cast, "cambodia", "KH-1")
    return live_server.url


def ogrinfo(run_client, url, secret, collection, *extra):
    header = f"Authorization: Bearer {secret}"
    config = ("--config", "GDAL_HTTP_HEADERS", header)
    return run_client(
        "ogrinfo", "-ro", "-q", *config, f"OAPIF:{url}/ogc", collection, *extra
    )


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_gdal_reads_every_collection(run_client, served, token, collection):
    text = ogrinfo(run_client, served, token("bounmy"), collection)
    assert "OGRFeature" in text


def test_gdal_filters_by_box(run_client, served, token):
    secret = token("bounmy")
    near = [str(value) for value in area_at("laos").bounds]
    text = ogrinfo(run_client, served, secret, "hazardous-areas", "-spat", *near)
    assert "LA-1" in text
    far = ("0", "0", "1", "1")
    text = ogrinfo(run_client, served, secret, "hazardous-areas", "-spat", *far)
    assert "LA-1" not in text


def test_gdal_gives_a_coarse_reader_no_exact_corner(run_client, served, token):
    text = ogrinfo(run_client, served, token("chan"), "hazardous-areas")
    assert "KH-1" in text
    assert "LA-1" not in text
    west, south, _east, _north = area_at("cambodia").bounds
    assert f"{west:.4f}" not in text
    assert f"{south:.4f}" not in text


def test_qgis_reads_the_register(run_client, qgis_python, served, token):
    address = f"{served}/ogc"
    text = run_client(
        qgis_python, str(QGIS_SCRIPT), address, "hazardous-areas", token("bounmy")
    )
    assert "features 1" in text
