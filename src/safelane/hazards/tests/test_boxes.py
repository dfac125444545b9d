"""Survey boxes: which may stand in a report, and which of several holds when."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import shapely
from django.utils import timezone

from safelane.core.errors import InvalidInput
from safelane.core.filters.reading import Moment
from safelane.core.geo.entry.grid import GridBox, squares
from safelane.core.geo.errors import OffGrid
from safelane.core.history.models import Change
from safelane.core.history.queries import differences
from safelane.core.review.errors import UnknownCode
from safelane.core.review.findings import tell
from safelane.core.review.newrecords import Registration
from safelane.countries import load_pack
from safelane.hazards.actions import register_approved
from safelane.hazards.actions.report import find_box
from safelane.hazards.inputs import BoxInput, OrdnanceInput, ReportInput
from safelane.hazards.models import SurveyBox
from safelane.hazards.queries import boxes_of, current_boxes
from safelane.hazards.testing import submit_report, update_report, withdraw_report
from safelane.hazards.tests.conftest import claims, submunition
from safelane.hazards.tests.steps import approved, area_from, draft

BOX = GridBox(32648, 50, 6221, 42930)
BESIDE = replace(BOX, column=6222)
MAY, JUNE, JULY = date(2024, 5, 1), date(2024, 6, 1), date(2024, 7, 1)


def found(result="nothing_found", box=BOX, **facts):
    facts = {"searched_percent": 100} | facts
    return BoxInput(box=box, result=result, **facts)


def sheet(day, *boxes, **more):
    return ReportInput(date_of_information=day, boxes=boxes or (found(),), **more)


def results(actor, **when):
    return {b.grid_number: b.result for b in current_boxes(actor, Moment(**when))}


def test_a_report_keeps_its_boxes_with_outline_and_place(field):
    report = draft(field, sheet(MAY, found("fragments", searched_on=MAY)))
    box = report.boxes.get()
    assert (box.zone, box.column, box.row) == (32648, 6221, 42930)
    assert (box.grid_number, box.result, box.size_m) == (BOX.number, "fragments", 50)
    assert box.geometry.equals_exact(squares([BOX])[0], 1e-9)
    assert box.admin_area is not None and box.admin_area.code == "XK"


def test_the_history_tells_what_was_searched(field):
    report = draft(field, sheet(MAY))
    update_report(report, sheet(MAY, found("fragments")), by=field.bounmy)
    change = Change.objects.filter(verb="hazard_report.update").get()
    (told,) = [d for d in differences(change) if d.name == "boxes"]
    assert told.before[0]["result"] == "nothing_found"
    assert told.after[0]["result"] == "fragments"
    assert told.after[0]["grid_number"] == BOX.number
    assert SurveyBox.objects.count() == 1


def test_the_same_box_twice_in_a_report_is_refused(field):
    with pytest.raises(InvalidInput, match="48N-6221-42930 stands twice"):
        draft(field, sheet(MAY, found(), found("fragments")))
    draft(field, sheet(MAY, found(), found(box=BESIDE)))


def test_unknown_results_and_boxes_are_refused(field):
    with pytest.raises(UnknownCode, match="safe"):
        draft(field, sheet(MAY, found("safe")))
    with pytest.raises(InvalidInput, match="no box 48N-6-42930"):
        draft(field, sheet(MAY, found(box=replace(BOX, column=6))))
    with pytest.raises(InvalidInput, match="120 %"):
        draft(field, sheet(MAY, found(searched_percent=120)))
    assert not SurveyBox.objects.exists()


def test_only_an_outline_on_the_grid_is_a_box():
    pack = load_pack("laos")
    (outline,) = squares([BOX])
    assert find_box(outline, 50, pack) == BOX
    assert find_box(outline.centroid, 50, pack) == BOX
    near = shapely.transform(outline, lambda p: p + 0.00001)
    assert find_box(near, 50, pack) == BOX
    with pytest.raises(OffGrid, match="m away from box 48N-6221-42930, and 2 m are"):
        find_box(shapely.transform(outline, lambda p: p + 0.0001), 50, pack)


def test_the_newest_date_of_information_holds(field):
    approved(field, sheet(JUNE, found("submunition")))
    approved(field, sheet(MAY, found("nothing_found")))  # older, entered later
    assert results(field.bounmy) == {BOX.number: "submunition"}
    approved(field, sheet(JULY, found("fragments")))
    assert results(field.bounmy) == {BOX.number: "fragments"}


def test_of_one_day_the_first_approved_holds(field):
    approved(field, sheet(MAY, found("submunition")))
    approved(field, sheet(MAY, found("nothing_found")))
    assert results(field.bounmy) == {BOX.number: "submunition"}


def test_what_held_on_a_past_day(field):
    approved(field, sheet(MAY, found("nothing_found")))
    approved(field, sheet(JULY, found("submunition"), found(box=BESIDE)))
    assert results(field.bounmy, as_of=date(2024, 4, 30)) == {}
    assert results(field.bounmy, as_of=JUNE) == {BOX.number: "nothing_found"}
    assert results(field.bounmy, as_of=JULY)[BOX.number] == "submunition"
    assert len(results(field.bounmy)) == 2


def test_a_withdrawn_report_gives_way_and_stays_known(field):
    approved(field, sheet(MAY, found("nothing_found")))
    later = approved(field, sheet(JUNE, found("submunition")))
    then = timezone.now()
    withdraw_report(later, "another box", by=field.manager)
    assert results(field.bounmy) == {BOX.number: "nothing_found"}
    for person in (field.bounmy, field.reader):
        known = results(person, known_at=then)
        assert known == {BOX.number: "submunition"}
    assert results(field.manager, known_at=then - timedelta(days=1)) == {}


def test_drafts_do_not_hold(field):
    draft(field, sheet(MAY))
    assert results(field.bounmy) == {}


def test_boxes_of_another_size_are_other_boxes(field):
    large = GridBox(32648, 100, 3110, 21465)
    approved(field, sheet(MAY, found(), found(box=large)))
    assert current_boxes(field.bounmy).count() == 2


def test_the_boxes_on_the_ground_of_an_area_are_its_boxes(field):
    hazard = area_from(field, claims())
    middle = find_holding(hazard)
    approved(field, sheet(MAY, found(box=middle), found(box=BOX)))
    seen = type(hazard).objects.get_for(field.bounmy, pk=hazard.pk)
    assert [b.grid_number for b in boxes_of(seen, field.bounmy)] == [middle.number]
    coarse = type(hazard).objects.get_for(field.reader, pk=hazard.pk)
    assert not boxes_of(coarse, field.reader).exists()


def find_holding(hazard):
    from safelane.core.geo.entry.grid import box_holding

    middle = hazard.geometry.centroid
    return box_holding(middle.x, middle.y, 50)


def test_a_red_box_without_a_find_is_shown_and_not_blocked(field):
    report = submit_report(
        draft(field, sheet(MAY, found("submunition"))), by=field.bounmy
    )
    assert [f["rule"] for f in report.findings] == ["box-needs-find"]


@pytest.mark.parametrize("known", ["own evidence", "own find", "register"])
def test_a_find_in_the_box_satisfies_the_rule(field, known):
    middle = squares([BOX])[0].centroid
    evidence = replace(submunition(middle.x, middle.y), accuracy_m=5)
    item = OrdnanceInput(geometry=middle, category="submunition", accuracy_m=5)
    report = sheet(MAY, found("submunition"))
    if known == "register":
        approved(field, ReportInput(date_of_information=MAY, evidence=(evidence,)))
    elif known == "own evidence":
        report = replace(report, evidence=(evidence,))
    else:
        report = replace(report, ordnance=(item,))
    sent = submit_report(draft(field, report), by=field.bounmy)
    assert tell(sent.findings, field.bounmy) == []


def test_indirect_evidence_and_other_finds_do_not_satisfy_it(field):
    middle = squares([BOX])[0].centroid
    claim = replace(submunition(middle.x, middle.y), directness="indirect")
    bomb = OrdnanceInput(geometry=middle, category="bomb")
    report = sheet(MAY, found("submunition"), evidence=(claim,), ordnance=(bomb,))
    saved = submit_report(draft(field, report), by=field.bounmy)
    assert "box-needs-find" in {f["rule"] for f in saved.findings}


def test_a_survey_comes_in_at_once_and_only_once(field):
    registration = Registration(field.operator, field.country, "b1", "survey of 2024")
    boxes = [found(box=replace(BOX, row=BOX.row + n)) for n in range(30)]
    sheets = [
        sheet(MAY, *boxes[:20], external_id="s-1", content_hash="a"),
        sheet(JUNE, *boxes[10:], external_id="s-2", content_hash="b"),
    ]
    for _again in range(2):
        register_approved(sheets, registration, by=field.manager)
        assert SurveyBox.objects.count() == 40
        assert current_boxes(field.manager).count() == 30


def test_a_new_area_brings_its_boxes_along(field):
    registration = Registration(field.operator, field.country, "b1", "survey of 2024")
    report = replace(claims(), boxes=(found(),))
    register_approved([report], registration, by=field.manager)
    assert SurveyBox.objects.get().hazard.reference == "XK-1"
