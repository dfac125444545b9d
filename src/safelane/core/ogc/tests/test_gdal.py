"""GDAL, an independent client, reads every collection over HTTP."""

import json
import shutil
import subprocess
from datetime import timedelta

import pytest
import shapely
from django.utils import timezone

from safelane.core.testing.leaving import left_out
from safelane.hazards.testing import register_area
from safelane.organisations.models import Membership
from safelane.organisations.signin.actions import create_token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ogrinfo(cast, register, live_server):
    """Run ogrinfo as Aysel and return what it prints."""
    if shutil.which("ogrinfo") is None:
        left_out("gdal-bin is not installed")
    membership = Membership.objects.get(user=cast.users["aysel"])
    until = timezone.now() + timedelta(days=1)
    _token, secret = create_token(membership, "GDAL", until, by=cast.actor("aysel"))

    def run(*arguments, program=("ogrinfo", "-ro")):
        done = subprocess.run(
            [
                *program, f"OAPIF:{live_server.url}/ogc/", *arguments,
                "--config", "GDAL_HTTP_HEADERS", f"Authorization: Bearer {secret}",
            ],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "ERROR" not in done.stderr, done.stderr
        return done.stdout

    return run


def test_every_collection_is_read_by_gdal(ogrinfo, client):
    listed = ogrinfo()
    # Three reports speak of one box: the collection holds it once.
    counts = {
        "hazardous-areas": 3, "evidence": 3, "ordnance": 3, "survey-boxes": 1,
        "reports-pending": 0,
    }  # fmt: skip
    for name in (*counts, "admin-areas", "places"):
        assert name in listed
        summary = ogrinfo("-so", name)
        assert f"Layer name: {name}" in summary
        if name in counts:
            assert f"Feature Count: {counts[name]}" in summary
    features = ogrinfo("-q", "hazardous-areas")
    assert features.count("OGRFeature") == 3
    assert "POLYGON ((47.12" in features


def test_outlines_and_positions_are_written_to_shapefiles(ogrinfo, cast, tmp_path):
    """A layer of such programs has one kind of shape; they leave out the others."""
    place = shapely.Point(47.3, 39.6)
    register_area(cast, "azerbaijan", "AZ-P", geometry=place)
    for name, count in (("hazardous-areas", 3), ("hazardous-area-positions", 1)):
        out = tmp_path / f"{name}.shp"
        ogrinfo(name, program=("ogr2ogr", "-f", "ESRI Shapefile", str(out)))
        look = ["ogrinfo", "-so", "-al", str(out)]
        written = subprocess.run(look, capture_output=True, text=True, check=True)
        assert f"Feature Count: {count}" in written.stdout


def test_gdal_filters_on_the_server(ogrinfo):
    found = ogrinfo("-q", "hazardous-areas", "-where", "kind = 'cha'")
    assert found.count("OGRFeature") == 1
    near = ogrinfo("-q", "hazardous-areas", "-spat", "0", "0", "1", "1")
    assert near.count("OGRFeature") == 0
    assert json.dumps(near)
