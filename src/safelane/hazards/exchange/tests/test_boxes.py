"""Survey boxes come in by outline, middle or grid number, and go out again."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import shapely

from safelane.core.geo.entry.grid import GridBox, squares, zone_name
from safelane.core.jobs.progress import Progress
from safelane.countries import load_pack
from safelane.exchange.actions import begin_import, choose_mapping
from safelane.exchange.exports import export_records
from safelane.exchange.imports.runner import import_file
from safelane.exchange.mapping.model import Mapping
from safelane.hazards.exchange.tests.conftest import feature
from safelane.hazards.models import HazardReport, SurveyBox
from safelane.hazards.queries import current_boxes

BOX = GridBox(32648, 50, 6221, 42930)
(OUTLINE,) = squares([BOX])


def box(shape: Any = OUTLINE, **said: Any) -> dict[str, Any]:
    stated = {"date": "2024-05-01", "colour": "green", "searched": 80} | said
    geometry = None if shape is None else shapely.geometry.mapping(shape)
    return {"type": "Feature", "geometry": geometry, "properties": stated}


@pytest.fixture
def bring_boxes(bring_in: Any) -> Any:
    def brought(*rows: Any, mode: str = "all") -> Any:
        return bring_in(*rows, target="survey-boxes", mode=mode)

    return brought


@pytest.mark.parametrize("shape", [OUTLINE, OUTLINE.centroid])
def test_outline_and_middle_mean_the_box(bring_boxes, shape):
    run = bring_boxes(box(shape))
    row = SurveyBox.objects.get()
    assert (row.grid_number, row.result) == (BOX.number, "nothing_found")
    assert (row.size_m, row.searched_percent) == (50, 80)
    assert row.geometry.equals_exact(OUTLINE, 1e-9)
    assert row.report.stage == "approved" and row.report.batch == run.batch


@pytest.mark.parametrize(("code", "zone"), [("32648", "48N"), ("32748", "48S")])
def test_the_code_of_a_zone_says_its_hemisphere(code, zone):
    assert zone_name(code, load_pack("laos").utm_zones) == zone


@pytest.mark.parametrize(
    "header",
    [
        ("grid_number", "48N-6221-42930"),
        ("zone,column,row", "48N,6221,42930"),
        ("zone,column,row", "32648,6221,42930"),
        ("zone,column,row", "48,6221,42930"),
    ],
)
def test_grid_numbers_mean_the_box(field, header):
    names, values = header
    text = f"{names},date,result\n{values},2024-05-01,Yellow\n"
    run = begin_import(
        io.BytesIO(text.encode()),
        "boxes.csv",
        target="survey-boxes",
        organisation=field.authority,
        by=field.manager,
    )
    mapping = Mapping.from_json(run.mapping)
    choose_mapping(run, mapping, mode="all", reason="survey", by=field.manager)
    import_file(run, Progress(field.manager))
    row = SurveyBox.objects.get()
    assert (row.grid_number, row.result) == (BOX.number, "fragments")
    assert row.geometry.equals_exact(OUTLINE, 1e-9)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (box(shapely.transform(OUTLINE, lambda p: p + 0.0001)), "off-grid"),
        (box(OUTLINE.buffer(0.0003)), "off-grid"),
        (box(None), "off-grid"),
        (box(grid_number="48N-6222-42930"), "off-grid"),
        (box(None, grid_number="the corner box"), "off-grid"),
        (box(searched=120), "high"),
        (box(colour="safe"), "choice"),
        (box(hazard_id="nowhere"), "no-such-area"),
        (box(survey_date="2024-05-02"), "box-date"),
    ],
)
def test_what_is_no_box_stays_out_and_is_named(bring_boxes, row, code):
    run = bring_boxes(row, mode="skip")
    assert not SurveyBox.objects.exists()
    assert {f.code for f in run.faults.filter(level="error")} == {code}


def test_a_box_twice_on_one_day_is_refused(bring_boxes):
    other = box(colour="red")
    run = bring_boxes(box(), other, box(date="2024-06-01"), mode="skip")
    assert run.faults.get(level="error").code == "double-box"
    assert SurveyBox.objects.count() == 2


def test_red_without_a_find_comes_in_with_a_warning(bring_boxes):
    run = bring_boxes(box(colour="red"))
    assert run.faults.get().level == "warning"
    report = HazardReport.objects.get()
    assert [f["rule"] for f in report.findings] == ["box-needs-find"]


def test_red_with_a_find_in_the_register_is_fine(bring_in, bring_boxes):
    evidence = {"date": "2024-04-01", "directness": "direct", "kind": "item"}
    middle = shapely.geometry.mapping(OUTLINE.centroid)
    found = {"type": "Feature", "geometry": middle, "properties": evidence}
    bring_in(found, target="evidence")
    assert not bring_boxes(box(colour="red")).faults.exists()


def test_the_same_file_twice_changes_nothing(bring_boxes):
    bring_boxes(box())
    assert bring_boxes(box()).counts["unchanged"] == 1
    assert SurveyBox.objects.count() == 1


def test_boxes_belong_to_the_area_that_they_name(bring_in, bring_boxes):
    bring_in(feature(1))
    bring_boxes(box(hazard_id="XK-1"))
    assert SurveyBox.objects.get().hazard.reference == "XK-1"


def test_what_goes_out_comes_in_again(bring_boxes, field, tmp_path):
    bring_boxes(box(), box(date="2024-06-01", colour="red"))
    path = tmp_path / "boxes.gpkg"
    written = export_records(path, "survey-boxes", "gpkg", by=field.manager)
    assert written.count == 1
    before = {(b.grid_number, b.result) for b in current_boxes(field.manager)}
    assert before == {(BOX.number, "submunition")}
    with path.open("rb") as file:
        run = begin_import(
            file,
            path.name,
            target="survey-boxes",
            organisation=field.operator,
            by=field.manager,
        )
    mapping = Mapping.from_json(run.mapping)
    choose_mapping(run, mapping, mode="all", reason="copy", by=field.manager)
    import_file(run, Progress(field.manager))
    assert SurveyBox.objects.filter(organisation=field.operator).count() == 1


def exported(tmp_path, actor, **more):
    path = tmp_path / "boxes.geojson"
    export_records(path, "survey-boxes", "geojson", by=actor, **more)
    return [f["properties"] for f in json.loads(path.read_text())["features"]]


def test_the_flat_view_of_a_past_day(bring_boxes, field, tmp_path):
    bring_boxes(box(), box(date="2024-06-01", colour="grey", searched=0))
    past = "as_of=2024-05-15"
    (row,) = exported(tmp_path, field.manager, query=past, flat=True)
    assert row["result"] == "Green: searched, nothing found"
    (row,) = exported(tmp_path, field.manager)
    assert (row["result"], row["searched_percent"]) == ("not_surveyable", 0)
    assert row["date_of_information"] == date(2024, 6, 1).isoformat()


def test_a_coarse_reader_gets_a_cell_without_result(bring_boxes, field, tmp_path):
    bring_boxes(box(description="behind the school"))
    grants = tuple(
        replace(g, verbs=g.verbs | {"survey_box.export"}) for g in field.reader.grants
    )
    (row,) = exported(tmp_path, replace(field.reader, grants=grants))
    assert row["precision"] == "cell"
    hidden = ("grid_number", "column", "row", "result", "description")
    assert {row.get(name) for name in hidden} == {None}


def test_whoever_may_not_import_is_refused(field):
    from safelane.core.errors import NotPermitted

    with pytest.raises(NotPermitted):
        begin_import(
            io.BytesIO(b"{}"),
            "boxes.geojson",
            target="survey-boxes",
            organisation=field.operator,
            by=field.bounmy,
        )
