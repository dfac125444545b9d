"""What goes out is what the person may see, in every format, and it is written down."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path
from unittest.mock import Mock

import openpyxl
import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from safelane.core.errors import (
    Conflict,
    InvalidInput,
    NotPermitted,
    StorageUnavailable,
)
from safelane.core.history.models import Change
from safelane.core.jobs.models import JobRun
from safelane.core.scope import PUBLIC
from safelane.core.testing.leaving import left_out
from safelane.countries import load_pack
from safelane.exchange import exports as actions
from safelane.exchange.exports import export_records
from safelane.exchange.files.errors import CannotWrite
from safelane.exchange.files.formats import FORMATS
from safelane.exchange.files.source import Source
from safelane.exchange.kinds import export_kinds, import_kind
from safelane.exchange.mapping.apply import apply_mapping
from safelane.exchange.mapping.guess import guess_mapping
from safelane.hazards.exchange.tests.conftest import feature
from safelane.hazards.testing import register_area
from safelane.organisations.models import User


@pytest.fixture
def register(bring_in):
    return bring_in(*(feature(n) for n in range(4)))


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_reads_back(register, field, tmp_path, format_name):
    path = tmp_path / f"out{FORMATS[format_name].suffix}"
    written = export_records(path, "hazards", format_name, by=field.manager)
    assert written.count == 4
    with Source(path) as source:
        batch = source.sample()
    names = {"Reference" if format_name == "xlsx" else "reference"}
    assert names <= set(batch.columns)
    assert set(batch.columns[names.pop()]) == {f"XK-{n}" for n in range(4)}


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_row_without_a_name_and_a_foreign_key_comes_back_without(
    cast, tmp_path, format_name
):
    """Not with its reference as name, nor with the key of this workspace as foreign."""
    register_area(cast, "laos", "XK-1", name="")
    for target, empty in (("hazards", "name"), ("evidence", "external_id")):
        path = tmp_path / f"{target}{FORMATS[format_name].suffix}"
        export_records(path, target, format_name, by=cast.actor("noy"))
        wanted = import_kind(target).target(load_pack("laos"))
        with Source(path) as source:
            batch = source.telling()
            mapping = guess_mapping(source.info, batch, wanted)
            values = apply_mapping(mapping, wanted, batch).values
        assert values["reference"] == ["XK-1"]
        assert values.get(empty, [None]) == [None], target


def test_an_export_is_in_the_history(register, field, tmp_path):
    export_records(tmp_path / "a.csv", "hazards", "csv", by=field.manager)
    change = Change.objects.get(verb="hazards.export")
    said = json.loads(change.after)
    assert (said["rows"], said["format"]) == (4, "csv")
    assert change.actor_name == "Manager"


def test_no_file_is_there_that_the_history_leaves_out(
    register, field, tmp_path, monkeypatch
):
    (tmp_path / "a.csv").write_text("of yesterday")
    full = OperationalError("database or disk is full")
    monkeypatch.setattr(actions, "record", Mock(side_effect=full))
    with pytest.raises(OperationalError):
        export_records(tmp_path / "a.csv", "hazards", "csv", by=field.manager)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "a.csv": "of yesterday"
    }


@pytest.mark.parametrize("format_name", ["gpkg", "shapefile", "filegdb"])
def test_a_full_disk_is_named_and_not_what_the_library_says(
    register, field, tmp_path, monkeypatch, format_name
):
    words = "sqlite3_exec(INSERT INTO gpkg_contents ...) failed: database or di"
    monkeypatch.setattr("pyogrio.raw.write", Mock(side_effect=RuntimeError(words)))
    with pytest.raises(CannotWrite, match="does not take these rows"):  # there is room
        export_records(tmp_path / "a", "hazards", format_name, by=field.manager)
    room = Mock(return_value=Mock(free=4096))
    monkeypatch.setattr("shutil.disk_usage", room)
    with pytest.raises(StorageUnavailable, match="disk is full") as told:
        export_records(tmp_path / "a", "hazards", format_name, by=field.manager)
    assert "gpkg" not in told.value.message and str(tmp_path) not in told.value.message
    assert f"The disk that holds {tmp_path} is full" in told.value.at_console
    assert list(tmp_path.iterdir()) == []


def test_filters_narrow_an_export(register, field, tmp_path):
    written = export_records(
        tmp_path / "a.csv",
        "hazards",
        "csv",
        query="q=XK-1",
        by=field.manager,
    )
    assert written.count == 1


def told_by(path: Path, format_name: str) -> str:
    """Return what a file says of itself, as other programs find it there."""
    if format_name == "geojson":
        return json.loads(path.read_text())["description"]
    if format_name == "xlsx":
        return openpyxl.load_workbook(path)["Notes"]["A1"].value
    if format_name == "gpkg":
        with closing(sqlite3.connect(path)) as file:
            return file.execute("SELECT description FROM gpkg_contents").fetchone()[0]
    if format_name == "kml":
        return path.read_text()
    with zipfile.ZipFile(path) as archive:
        return "".join(
            archive.read(n).decode("utf-8", "replace") for n in archive.namelist()
        )


@pytest.mark.parametrize("format_name", [name for name in FORMATS if name != "csv"])
def test_count_and_filter_stand_in_the_file(register, field, tmp_path, format_name):
    path = tmp_path / f"out{FORMATS[format_name].suffix}"
    asked = "q=XK-&country=LAO"
    export_records(path, "hazards", format_name, query=asked, by=field.manager)
    said = told_by(path, format_name)
    assert "Hazardous areas: 4 rows, filter: " in said
    assert "q=XK-" in said and "country=LAO" in said


@pytest.mark.parametrize("target", ["evidence", "ordnance", "survey-boxes"])
@pytest.mark.parametrize(
    "asked", ["status=open", "q=XK", "bbox=102,18,104,20", "date_from=2020-01-01"]
)
def test_a_filter_that_does_not_apply_is_refused(field, tmp_path, target, asked):
    path = tmp_path / "a.csv"
    with pytest.raises(InvalidInput, match=asked.split("=")[0]):
        export_records(path, target, "csv", query=asked, by=field.manager)
    assert not path.exists() and not Change.objects.filter(verb__endswith="export")


@pytest.mark.parametrize("target", ["evidence", "ordnance", "survey-boxes", "hazards"])
def test_a_filter_that_applies_or_is_empty_is_taken(field, tmp_path, target):
    path, asked = tmp_path / "a.csv", "country=LAO&status="
    assert export_records(path, target, "csv", query=asked, by=field.manager).count == 0


def test_a_filter_that_nobody_knows_is_refused(register, field, tmp_path):
    with pytest.raises(InvalidInput, match="statuss"):
        export_records(
            tmp_path / "a.csv", "hazards", "csv", query="statuss=open", by=field.manager
        )


def test_rows_that_come_meanwhile_are_not_passed_over(
    register, field, tmp_path, monkeypatch
):
    monkeypatch.setattr(actions, "about_export", lambda *_: actions.About(3, "3 rows"))
    with pytest.raises(Conflict):
        export_records(tmp_path / "a.csv", "hazards", "csv", by=field.manager)
    assert not list(tmp_path.iterdir())


def test_more_rows_take_no_more_questions(bring_in, field, tmp_path):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            export_records(tmp_path / "a.csv", "hazards", "csv", by=field.manager)
        return len(queries)

    bring_in(*(feature(n) for n in range(2)))
    few = asked()
    bring_in(*(feature(n) for n in range(20, 30)))
    assert asked() == few


def test_the_page_says_what_would_leave(register, field):
    client = Client()
    client.force_login(User.objects.get(pk=field.manager.user_id))
    address = reverse("exchange:exports")
    shown = client.get(address, {"q": "XK-1", "page": "2"}).content.decode()
    assert "Hazardous areas: 1 rows, filter: q=XK-1" in shown
    assert "“Evidence” cannot be narrowed by: q" in shown
    sent = {"target": "evidence", "format": "csv", "filter": "q=XK-1"}
    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert "cannot be narrowed by: q" in refused.content.decode()
    assert not JobRun.objects.exists()


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


@pytest.mark.parametrize("difference", [-1, 1])
def test_an_export_whose_rows_changed_meanwhile_is_refused(
    register, field, tmp_path, monkeypatch, difference
):
    monkeypatch.setattr(actions, "write_rows", lambda *_given: 4 + difference)
    with pytest.raises(Conflict):
        export_records(tmp_path / "a.csv", "hazards", "csv", by=field.manager)
    assert not (tmp_path / "a.csv").exists()
