"""QGIS reads every collection with what its connection dialog knows: user and password.

The other side is a real QGIS without a display, driven by ``qgis_reads.py``.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
import shapely

from safelane.core.scope import system_actor
from safelane.core.testing.leaving import left_out
from safelane.hazards.testing import HIDDEN_NAME, area_at, register_area
from safelane.organisations.actions import grant_membership
from safelane.organisations.inputs import Term
from safelane.organisations.models import Role
from tests.interop.conftest import CLIENT_SECONDS, Site, digits, moved

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PYTHON = "/usr/bin/python3"  # the one for which Debian packs QGIS
SCRIPT = Path(__file__).with_name("qgis_reads.py")
HAZARDS = ("evidence", "hazardous-areas", "ordnance", "survey-boxes")
TYPES = {
    "string": "QString",
    "integer": "int",
    "number": "double",
    "date": "QDate",
    "date-time": "QDateTime",
    "array": "QString",
}


@pytest.fixture
def qgis(tmp_path):
    """Return a function that opens connections, one after the other, in one QGIS."""
    if not has_qgis():
        left_out("python3-qgis is not installed")
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    places = (
        "HOME",
        "QGIS_AUTH_DB_DIR_PATH",
        "QGIS_CUSTOM_CONFIG_PATH",
        "XDG_CACHE_HOME",
        "XDG_RUNTIME_DIR",
    )
    env = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "QT_QPA_PLATFORM": "offscreen",
    }
    env |= dict.fromkeys(places, str(home))

    def run(*connections):
        job, result = tmp_path / "job.json", tmp_path / "result.json"
        job.write_text(json.dumps(connections), encoding="utf-8")
        done = subprocess.run(
            [PYTHON, str(SCRIPT), str(job), str(result)],
            env=env, cwd=home, capture_output=True, text=True,
            timeout=CLIENT_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(result.read_text(encoding="utf-8")).values()

    return run


def has_qgis():
    look = (PYTHON, "-c", "import qgis.core")
    return (
        Path(PYTHON).exists()
        and not subprocess.run(look, capture_output=True).returncode
    )


def connection(site, name, *, only=None, **changes):
    known = {"url": site.url, "user": "token", "token": site.token, "boxes": {}}
    return {"name": name, "only": only} | known | changes


@pytest.fixture
def exact(site, cast, token):
    """Return the site as an information manager of Cambodia sees it, exactly."""
    role = Role.objects.get(code="information_manager")
    term = Term(starts=None, ends=None)
    grant_membership(
        cast.users["eve"], cast.organisations["kha"], role, term, by=system_actor()
    )
    return Site(site.url, token("eve"), cast.actor("eve"))


def seen_by(site, cast, token, name):
    return Site(site.url, token(name), cast.actor(name))


def test_every_collection_is_read_whole_and_by_box(site, qgis):
    corners = {each.name: site.corner(each) for each in site.collections}
    boxes = {name: box for name, (box, _found) in corners.items()}
    (seen,) = qgis(connection(site, "Laos", boxes=boxes))
    assert seen["offered"] == [each.name for each in site.collections]
    assert len(seen["layers"]) == 9
    wrong = {}
    for collection in site.collections:
        layer, stored = seen["layers"][collection.name], shapes(site, collection)
        expected = (sorted(stored.items()), corners[collection.name][1])
        rows = [(f["values"]["id"], f["shape"]) for f in layer["features"]]
        if (sorted(rows), layer["in_box"]) != expected or len(rows) < 3:
            wrong[collection.name] = sorted(rows), layer["in_box"], expected
        assert_fields(collection, layer)
        # QGIS draws one kind of shape in a layer, and leaves the others out silently.
        assert [s for _id, s in rows if layer["drawn"] not in s] == [], collection.name
    assert wrong == {}
    assert_places(site, seen["layers"])


def shapes(site, collection):
    """Return id -> kind of geometry, straight from the store."""
    return {str(row.uid): row.geometry.geom_type for row in site.rows(collection)}


def assert_fields(collection, layer):
    """QGIS takes the types from the first ten features; text where all are empty."""
    assert set(layer["fields"]) == {"id", *collection.by_name}, collection.name
    for item in collection.fields:
        values = [f["values"][item.name] for f in layer["features"]]
        if any(value is not None for value in values):
            assert layer["fields"][item.name] == TYPES[item.type], item


def assert_places(site, layers):
    """Every corner of an area is where it is stored."""
    stored = {row.reference: row.geometry for row in site.rows(site.collections[4])}
    found = layers["hazardous-areas"]["features"]
    for feature in found:
        shape = shapely.from_wkt(feature["wkt"])
        assert shape.normalize().equals_exact(
            stored[feature["values"]["reference"]].normalize(), 1e-7
        )
    assert len(found) == len(stored)


def test_a_coarse_reader_gets_no_exact_corner_of_what_qgis_read_before(
    site, exact, cast, token, qgis
):
    """QGIS keeps answers by address alone: another token must not be given them."""
    chan = seen_by(site, cast, token, "chan")
    before, coarse = qgis(
        connection(exact, "exact", only=HAZARDS),
        connection(chan, "coarse", only=HAZARDS),
    )
    secrets = (*digits(area_at("cambodia")), HIDDEN_NAME)
    for name in HAZARDS:
        assert len(before["layers"][name]["features"]) == 1
        assert len(coarse["layers"][name]["features"]) == 1
    assert [s for s in secrets if s not in json.dumps(before)] == []
    assert [s for s in secrets if s in json.dumps(coarse)] == []
    (cell,) = coarse["layers"]["hazardous-areas"]["features"]
    assert shapely.from_wkt(cell["wkt"]).contains(area_at("cambodia"))


def test_what_a_role_does_not_open_stays_closed(site, cast, token, qgis):
    dara = seen_by(site, cast, token, "dara")
    stranger = Site(site.url, "slt_nobody", site.actor)
    every = [each.name for each in site.collections]
    _noy, donor, nobody = qgis(
        connection(site, "noy", only=every),
        connection(dara, "donor", only=every),
        connection(stranger, "nobody", only=every),
    )
    opened = {name for name, layer in donor["layers"].items() if layer["valid"]}
    assert opened == set(donor["offered"]) == {"admin-areas", "places"}
    assert nobody["offered"] == []
    assert not [name for name, layer in nobody["layers"].items() if layer["valid"]]


def test_what_is_empty_in_the_first_ten_rows_is_not_lost(site, cast, qgis):
    """QGIS takes them for its columns; lists would never arrive in theirs."""
    for number in range(20, 28):
        register_area(cast, "laos", f"LA-{number}", geometry=moved(number))
    last = {"depth_cm": 35, "stated_area_m2": 46000.5, "contamination": ["uxo", "axo"]}
    register_area(cast, "laos", "LA-28", geometry=moved(28), **last)
    (seen,) = qgis(connection(site, "Laos", only=["hazardous-areas"]))
    layer = seen["layers"]["hazardous-areas"]
    assert len(layer["features"]) == 12
    values = layer["features"][-1]["values"]
    found = {name: str(values[name]) for name in last}
    assert found == {
        "depth_cm": "35",
        "stated_area_m2": "46000.5",
        "contamination": "uxo, axo",
    }


@pytest.mark.parametrize("ending", ["", "/"])
def test_the_address_may_end_with_a_slash(site, qgis, ending):
    url = site.url + ending
    (seen,) = qgis(
        connection(site, "Laos", only=["places"], url=url, user="noy@example.org")
    )
    assert len(seen["offered"]) == 9
    assert len(seen["layers"]["places"]["features"]) == 12
