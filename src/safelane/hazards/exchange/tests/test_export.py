"""What goes out is what the person may see, in every format, and it is written down."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from safelane.core.errors import NotPermitted
from safelane.core.history.models import Change
from safelane.core.scope import PUBLIC
from safelane.core.testing.leaving import left_out
from safelane.exchange import open_source
from safelane.exchange.exports.actions import export_records
from safelane.exchange.kinds import export_kinds
from safelane.exchange.writers import SUFFIXES, WRITERS
from safelane.hazards.exchange.tests.conftest import feature


@pytest.fixture
def register(bring_in):
    return bring_in(*(feature(n) for n in range(4)))


@pytest.mark.parametrize("format_name", WRITERS)
def test_every_format_reads_back(register, field, tmp_path, format_name):
    path = tmp_path / f"out{SUFFIXES[format_name]}"
    written = export_records(path, "hazards", format_name, by=field.manager)
    assert written.count == 4
    with open_source(path) as source:
        batch = source.sample()
    names = {"Reference" if format_name == "xlsx" else "reference"}
    assert names <= set(batch.columns)
    assert set(batch.columns[names.pop()]) == {f"XK-{n}" for n in range(4)}


def test_an_export_is_in_the_history(register, field, tmp_path):
    export_records(tmp_path / "a.csv", "hazards", "csv", by=field.manager)
    change = Change.objects.get(verb="hazards.export")
    said = json.loads(change.after)
    assert (said["rows"], said["format"]) == (4, "csv")
    assert change.actor_name == "Manager"


def test_filters_narrow_an_export(register, field, tmp_path):
    written = export_records(
        tmp_path / "a.csv",
        "hazards",
        "csv",
        query="q=XK-1",
        by=field.manager,
    )
    assert written.count == 1


def test_the_flat_view_has_words(register, field, tmp_path):
    path = tmp_path / "a.geojson"
    export_records(path, "hazards", "geojson", flat=True, by=field.manager)
    kinds = {f["properties"]["kind"] for f in json.loads(path.read_text())["features"]}
    assert kinds == {"Suspected hazardous area"}


def test_whoever_may_not_export_is_refused(register, field, tmp_path):
    for actor in (field.bounmy, PUBLIC):
        with pytest.raises(NotPermitted.__mro__[1]):
            export_records(tmp_path / "a.csv", "hazards", "csv", by=actor)
    assert not (tmp_path / "a.csv").exists()


def test_a_coarse_reader_gets_cells_and_no_texts(register, field, tmp_path):
    from dataclasses import replace

    grants = tuple(
        replace(g, verbs=g.verbs | {"hazard.export"}) for g in field.reader.grants
    )
    path = tmp_path / "a.geojson"
    reader = replace(field.reader, grants=grants)
    export_records(path, "hazards", "geojson", by=reader)
    for found in json.loads(path.read_text())["features"]:
        said = found["properties"]
        assert said["precision"] == "cell"
        assert said["comment"] is said["geometry_text"] is None
        lons = {p[0] for p in found["geometry"]["coordinates"][0]}
        assert max(lons) - min(lons) > 0.009


def test_every_record_can_be_exported(register, field, tmp_path):
    assert len(export_kinds()) >= 4
    for name in (kind.name for kind in export_kinds()):
        path = tmp_path / f"{name}.gpkg"
        export_records(path, name, "gpkg", by=field.manager)
        assert path.exists()


def test_gdal_reads_and_validates_the_geopackage(register, field, tmp_path):
    if not shutil.which("ogrinfo"):
        left_out("gdal-bin is not installed")
    path = tmp_path / "a.gpkg"
    export_records(path, "hazards", "gpkg", by=field.manager)
    told = subprocess.run(
        ["ogrinfo", "-so", str(path), "hazards"], capture_output=True, text=True
    )
    assert "Feature Count: 4" in told.stdout
    module = "osgeo_utils.samples.validate_gpkg"
    command = ["/usr/bin/python3", "-m", module, str(path)]
    if not Path(command[0]).exists():
        left_out("/usr/bin/python3 is not there")
    checked = subprocess.run(command, capture_output=True, text=True)
    if "No module named" in checked.stderr:
        left_out("python3-gdal is not installed")
    assert (checked.returncode, checked.stdout) == (0, "")
