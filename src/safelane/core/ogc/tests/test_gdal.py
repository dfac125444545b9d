"""GDAL, an independent client, reads every collection over HTTP."""

import json
import shutil
import subprocess
from datetime import timedelta

import pytest
from django.utils import timezone

from safelane.core.testing.leaving import left_out
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

    def run(*arguments):
        done = subprocess.run(
            [
                "ogrinfo", "-ro", f"OAPIF:{live_server.url}/ogc/", *arguments,
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


def test_gdal_filters_on_the_server(ogrinfo):
    found = ogrinfo("-q", "hazardous-areas", "-where", "kind = 'cha'")
    assert found.count("OGRFeature") == 1
    near = ogrinfo("-q", "hazardous-areas", "-spat", "0", "0", "1", "1")
    assert near.count("OGRFeature") == 0
    assert json.dumps(near)
