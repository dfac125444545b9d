"""The review of a kind of report, by the kind itself: two parts, one answer.

Both kinds of the house go through the same questions, so that neither drifts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from shapely.geometry import Point, box

from safelane.accidents.actions import REPORTS as ACCIDENTS
from safelane.accidents.actions import AccidentInput
from safelane.core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from safelane.core.history.models import Change
from safelane.core.protect.disguise import disguised
from safelane.core.review import (
    projection,
    queries,
    registration,
    stages,
    steps,
    timeline,
    writing,
)
from safelane.core.review.errors import NotADraft, OwnReport, ReferenceTaken
from safelane.core.scope import system_actor
from safelane.hazards.actions import REPORTS as HAZARDS
from safelane.hazards.inputs import ReportInput
from safelane.organisations.models import AdminArea

pytestmark = pytest.mark.django_db
DAY, LATER = date(2025, 5, 2), date(2025, 6, 2)
WAY = (("keo", stages.CHECK_OPERATOR), ("vanh", stages.CHECK_OPERATIONS))


@pytest.fixture(params=["accidents", "hazards"])
def kind(request: Any) -> Any:
    return {"accidents": ACCIDENTS, "hazards": HAZARDS}[request.param]


def claims(kind: Any, reference: str = "A-1", **more: Any) -> Any:
    made = AccidentInput if kind is ACCIDENTS else ReportInput
    word = {"kind": "mine"} if kind is ACCIDENTS else {"kind": "sha", "status": "open"}
    stated = {"date_of_information": DAY, "reference": reference, "facts": word}
    return made(**stated | more)


def on(kind: Any, record: Any, day: date = LATER, **facts: Any) -> Any:
    named = {kind.record: record, "reference": "", "date_of_information": day}
    return claims(kind, facts=facts, **named)


@pytest.fixture
def draft(kind: Any, cast: Any) -> Any:
    def made(said: Any = None) -> Any:
        owner = cast.organisations["lao"]
        said = said or claims(kind)
        by = cast.actor("bounmy")
        return writing.create_report(kind, said, organisation=owner, by=by)

    return made


@pytest.fixture
def approved(kind: Any, cast: Any, draft: Any) -> Any:
    def made(said: Any = None) -> Any:
        bounmy = cast.actor("bounmy")
        row = steps.move_report(kind, draft(said), stages.SUBMIT, by=bounmy)
        for who, step in (*WAY, ("noy", stages.APPROVE)):
            row = steps.move_report(kind, row, step, by=cast.actor(who))
        return row

    return made


def test_a_number_names_organisation_kind_and_day_and_counts_nothing(kind, draft):
    row = draft()
    (mark,) = disguised([row.pk])
    assert row.number == f"LAO-{kind.prefix}-{row.entered_at:%Y%m%d}-{mark}"


def test_approval_makes_the_record_and_the_history_says_who(kind, approved):
    row = approved()
    record = kind.record_of(row)
    record.refresh_from_db()
    assert (record.reference, record.first_information) == ("A-1", DAY)
    verbs = Change.objects.filter(object_type=kind.name).order_by("seq")
    assert [c.verb.partition(".")[2] for c in verbs] == [
        "create",
        "submit",
        "check_operator",
        "check_operations",
        "approve",
    ]


def test_the_steps_offered_are_the_steps_allowed(kind, cast, draft):
    row = steps.move_report(kind, draft(), stages.SUBMIT, by=cast.actor("bounmy"))
    names = {
        who: [step.name for step in steps.steps_for(kind, row, cast.actor(who))]
        for who in ("bounmy", "keo", "vanh", "chan")
    }
    assert names == {
        "bounmy": [],
        "keo": ["check_operator", "reject"],
        "vanh": [],
        "chan": [],
    }
    with pytest.raises(NotPermitted):
        steps.move_report(kind, row, stages.CHECK_OPERATOR, by=cast.actor("vanh"))
    with pytest.raises(NotFound):
        steps.step_named("publish", row)


def test_the_queue_holds_what_waits_for_me(kind, cast, draft):
    row = steps.move_report(kind, draft(), stages.SUBMIT, by=cast.actor("bounmy"))
    for who, step in WAY:
        assert list(queries.report_queue(kind, cast.actor(who))) == [row]
        row = steps.move_report(kind, row, step, by=cast.actor(who))
    assert list(queries.report_queue(kind, cast.actor("noy"))) == [row]
    mine = queries.own_reports(kind, cast.actor("bounmy"), *stages.WAITING)
    assert list(mine) == [row]


def test_a_rejected_report_is_reworked_and_a_submitted_one_is_not_changed(
    kind, cast, draft
):
    bounmy, keo = cast.actor("bounmy"), cast.actor("keo")
    row = steps.move_report(kind, draft(), stages.SUBMIT, by=bounmy)
    with pytest.raises(NotADraft):
        writing.update_report(kind, row, claims(kind), by=bounmy)
    row = steps.reject_report(kind, row, "Which day?", by=keo)
    row = steps.move_report(kind, row, stages.REWORK, by=bounmy)
    said = claims(kind, date_of_information=LATER)
    changed = writing.update_report(kind, row, said, by=bounmy)
    assert (changed.date_of_information, changed.stage) == (LATER, stages.DRAFT)
    with pytest.raises(Conflict):
        steps.reject_report(kind, changed, "Again", by=keo)


def test_four_eyes_are_those_of_who_wrote_it(kind, cast):
    noy = cast.actor("noy")
    cast.with_role("second", ("laa", "country", "exact", "approve"), [kind.name])
    owner = cast.organisations["laa"]
    row = writing.create_report(kind, claims(kind), organisation=owner, by=noy)
    for step in (stages.SUBMIT, stages.CHECK_OPERATOR, stages.CHECK_OPERATIONS):
        row = steps.move_report(kind, row, step, by=noy)
    assert stages.APPROVE not in steps.steps_for(kind, row, noy)
    assert row not in queries.report_queue(kind, noy)
    with pytest.raises(OwnReport):
        steps.move_report(kind, row, stages.APPROVE, by=noy)


def held_on(kind, record, day, moment):
    """Return what was true of a record on a day, as known at a moment."""
    told = projection.reports_on(kind, [record], approved_at__isnull=False)
    return timeline.state_as_of(told[record.pk], day, moment, kind.groups)


@pytest.mark.parametrize(
    ("day", "word"), [(date(2025, 6, 1), ""), (LATER, "x"), (date(2025, 6, 3), "x")]
)
def test_what_held_on_the_day_before_the_day_and_the_day_after(
    kind, approved, day, word
):
    record = kind.record_of(approved())
    approved(on(kind, record, **{"terrain": "flat"}))
    held = held_on(kind, record, day, timezone.now())
    assert held is not None
    assert held.values.get("terrain", "") == ("flat" if word else "")


def test_withdrawing_takes_back_what_a_report_said_and_keeps_what_was_known(
    kind, cast, approved
):
    record = kind.record_of(approved())
    report = approved(on(kind, record, terrain="flat"))
    known = timezone.now()
    steps.withdraw_report(kind, report, "Wrong place", by=cast.actor("noy"))
    record.refresh_from_db()
    assert record.terrain == ""
    then = held_on(kind, record, LATER, known)
    assert then is not None and then.values["terrain"] == "flat"


def test_a_draft_follows_its_place(kind, cast, draft):
    west, east = (Point(103.1, 19.4), Point(103.3, 19.4))
    if kind is HAZARDS:
        west, east = (box(p.x, p.y, p.x + 0.001, p.y + 0.001) for p in (west, east))
    facts = claims(kind).facts
    row = draft(claims(kind, facts=facts | {"geometry": west}))
    moved = claims(kind, facts=facts | {"geometry": east})
    after = writing.update_report(kind, row, moved, by=cast.actor("bounmy"))
    assert (row.admin_area.code, after.admin_area.code) == ("laos-100", "laos-110")
    after = writing.update_report(kind, row, claims(kind), by=cast.actor("bounmy"))
    assert (after.geometry, after.admin_area) == (None, None)


def test_a_district_that_was_named_without_a_place_stays(kind, cast, draft):
    home, area = cast.organisations["lao"], AdminArea.objects.get(code="laos-100")
    said, by = claims(kind), cast.actor("bounmy")
    there = replace(said, admin_area=area)
    row = writing.create_report(kind, there, organisation=home, by=by)
    assert writing.update_report(kind, row, said, by=by).admin_area == area
    gone = replace(said, admin_area="")
    assert writing.update_report(kind, row, gone, by=by).admin_area is None


def test_a_district_of_another_country_is_refused(kind, cast):
    home, there = (
        cast.organisations["lao"],
        AdminArea.objects.get(code="azerbaijan-100"),
    )
    said = replace(claims(kind), admin_area=there)
    with pytest.raises(InvalidInput, match="is not in"):
        writing.create_report(kind, said, organisation=home, by=cast.actor("bounmy"))


def test_a_district_that_a_file_names_without_a_place_is_taken_over(kind, cast):
    said = replace(claims(kind), admin_area=AdminArea.objects.get(code="laos-110"))
    (row,) = take_over(kind, cast, said)
    assert row.admin_area.code == "laos-110"
    assert kind.record_of(row).admin_area.code == "laos-110"


def take_over(kind: Any, cast: Any, *rows: Any, **more: Any) -> Any:
    asked = {
        "organisation": cast.organisations["lao"],
        "reason": "Register of 2023",
        "by": cast.actor("noy"),
    }
    return registration.register_approved(kind, rows, **asked | more)


def test_many_come_in_once_and_one_fault_takes_all_back(kind, cast):
    rows = [
        replace(claims(kind, f"A-{n}"), external_id=f"{n}", content_hash=f"h{n}")
        for n in range(3)
    ]
    assert len(take_over(kind, cast, *rows)) == 3
    assert take_over(kind, cast, *rows) == []
    changed = replace(rows[0], content_hash="new", date_of_information=LATER)
    (report,) = take_over(kind, cast, changed)
    assert kind.record_of(report).reference == "A-0"
    assert kind.record_model.objects.count() == 3


def test_taking_over_needs_both_rights_there_and_a_reason(kind, cast):
    with pytest.raises(InvalidInput, match="approved"):
        take_over(kind, cast, claims(kind), reason=" ")
    for who in ("bounmy", "keo", "vanh", "aysel", "chan"):
        with pytest.raises(NotPermitted):
            take_over(kind, cast, claims(kind), by=cast.actor(who))
    assert not kind.reports.exists()


def test_the_history_keeps_why_it_was_taken_over(kind, cast):
    take_over(kind, cast, claims(kind))
    change = Change.objects.get(verb=f"{kind.name}.register")
    assert change.reason == "Register of 2023"


def test_a_reference_is_taken_once(kind, approved, draft):
    approved()
    with pytest.raises(ReferenceTaken, match="A-1"):
        draft(claims(kind))


def test_words_longer_than_their_column_are_refused_one_by_one_and_in_bulk(
    kind, cast, draft
):
    facts = claims(kind).facts | {"information_source": "other"}
    long = claims(kind, "x" * 81, facts=facts)
    with pytest.raises(InvalidInput):
        draft(long)
    with pytest.raises(InvalidInput):
        take_over(kind, cast, long)


def test_a_report_on_a_record_of_another_country_is_refused(kind, cast):
    (row,) = take_over(kind, cast, claims(kind))
    said = replace(claims(kind), reference="", **{kind.record: kind.record_of(row)})
    with pytest.raises(InvalidInput, match="not in"):
        writing.create_report(
            kind,
            said,
            organisation=cast.organisations["lao"],
            country=cast.countries["azerbaijan"],
            by=system_actor(),
        )


def test_a_later_report_never_says_where_a_record_lay_earlier(kind, cast):
    """What a report does not know itself is no place of its own (decision 0015)."""
    first = replace(claims(kind), date_of_information=date(2025, 5, 2))
    there = AdminArea.objects.get(code="laos-110")
    (row,) = take_over(kind, cast, replace(first, admin_area=there))
    record = kind.record_of(row)
    record.refresh_from_db()
    assert record.admin_area == there
    earlier = {"date_of_information": date(2024, 4, 1), "reference": ""}
    said = replace(claims(kind), **earlier, **{kind.record: record})
    (other,) = take_over(kind, cast, said)
    assert (other.admin_area, other.knows_area) == (there, False)
    assert (row.admin_area, row.knows_area) == (there, True)
    told = projection.reports_on(kind, [record])[record.pk]
    places = [period.place for period in timeline.fold(told, kind.groups)]
    assert places == [None, there.pk]
    draft = writing.create_report(
        kind, said, organisation=cast.organisations["lao"], by=cast.actor("bounmy")
    )
    assert not draft.knows_area
    named = replace(said, admin_area=AdminArea.objects.get(code="laos-100"))
    draft = writing.update_report(kind, draft, named, by=cast.actor("bounmy"))
    assert (draft.admin_area.code, draft.knows_area) == ("laos-100", True)


def test_what_came_in_for_one_organisation_is_new_for_another(kind, cast):
    said = replace(claims(kind), external_id="E-1", content_hash="0" * 64)
    take_over(kind, cast, said)
    for name, known in (("lao", {("E-1", "0" * 64)}), ("laa", set())):
        home = cast.organisations[name]
        assert registration.known_contents(kind, home, [said]) == known


def test_a_draft_that_turns_to_a_new_record_leaves_the_area_of_the_known_one(
    kind: Any, cast: Any, draft: Any, approved: Any
) -> None:
    place = AdminArea.objects.get(code="laos-100")
    record = kind.record_of(approved(claims(kind, admin_area=place)))
    named = {kind.record: record, "reference": "", "date_of_information": LATER}
    known = draft(claims(kind, **named))
    assert (known.admin_area, known.knows_area) == (place, False)
    said = claims(kind, "NEW-1", date_of_information=LATER)
    changed = writing.update_report(kind, known, said, by=cast.actor("bounmy"))
    assert kind.record_of(changed) is None and changed.admin_area is None
