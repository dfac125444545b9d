"""Files in and out: idempotent, by the rules, without victims."""

from datetime import date
from typing import Any

import pytest
from shapely.geometry import Point

from safelane.accidents.exchange import EXPORT, accident_target
from safelane.accidents.models import Accident, AccidentReport
from safelane.accidents.tests.steps import NAME, claims, claims_of, register_approved
from safelane.accidents.tests.test_imports import FIRST, go, upload
from safelane.core.errors import InvalidInput, NotPermitted, RuleBroken
from safelane.core.scope import Precision
from safelane.countries import load_pack

__all__ = ["upload"]
pytestmark = pytest.mark.django_db
ROW = {
    "reference": "OLD-7",
    "date_of_information": date(2010, 3, 1),
    "occurred_on": date(2010, 2, 27),
    "kind": "uxo",
    "stated_killed": 1,
    "description": None,
    "geometry": Point(103.1, 19.4),
}


def take_in(cast, rows, person="noy", reason="Approved in the old database."):
    return register_approved(
        rows,
        organisation=cast.organisations["lao"],
        reason=reason,
        by=cast.actor(person),
    )


def test_rows_become_accidents_with_area_and_place(cast):
    take_in(cast, [claims_of(ROW, external_id="7", content_hash="a")])
    accident = Accident.objects.get()
    assert (accident.reference, accident.kind) == ("OLD-7", "uxo")
    assert accident.admin_area.code == "laos-100"
    assert AccidentReport.objects.get().stage == "approved"


def test_second_run_changes_nothing_and_a_changed_row_is_a_new_report(cast):
    take_in(cast, [claims_of(ROW, external_id="7", content_hash="a")])
    assert take_in(cast, [claims_of(ROW, external_id="7", content_hash="a")]) == []
    changed = ROW | {"date_of_information": date(2010, 4, 1), "kind": "cluster"}
    take_in(cast, [claims_of(changed, external_id="7", content_hash="b")])
    accident = Accident.objects.get()
    assert accident.kind == "cluster" and accident.reports.count() == 2


def test_one_blocked_row_takes_all_back(cast):
    bad = ROW | {"reference": "BAD", "occurred_on": date(2011, 1, 1)}
    with pytest.raises(RuleBroken):
        take_in(cast, [claims_of(ROW), claims_of(bad)])
    assert not AccidentReport.objects.exists()


@pytest.mark.parametrize("person", ["bounmy", "vanh", "chan", "eve"])
def test_only_information_managers_take_over(cast, person):
    with pytest.raises(NotPermitted):
        take_in(cast, [claims_of(ROW)], person)


def test_where_it_was_approved_must_be_said(cast):
    with pytest.raises(InvalidInput, match="where"):
        take_in(cast, [claims_of(ROW)], reason=" ")


def test_target_has_the_codes_of_the_country():
    target = accident_target(load_pack("laos"))
    kinds = {choice.code for choice in target.by_name["kind"].choices}
    assert "cluster" in kinds
    assert target.by_name["occurred_on"].kind == "date"
    assert target.by_name["stated_killed"].kind == "integer"


def test_export_has_no_victim_and_keeps_the_precision(cast, azerbaijan):
    ((_row, exported),) = EXPORT.read(cast.actor("aysel"), EXPORT.parse({}))
    assert set(exported.values) <= {field.name for field in EXPORT.fields}
    assert exported.values["precision"] == "exact"
    assert exported.values["occurred_on"] == date(2025, 5, 1)
    assert NAME not in str(exported)


@pytest.mark.parametrize("level", [Precision.CELL, Precision.DISTRICT])
def test_a_coarse_export_tells_the_year_and_the_district(cast, laos, level):
    """The columns that would tell the place or the day stay empty."""
    row = Accident.objects.visible_to(cast.actor("noy")).get()
    row.precision = level
    values, shape = EXPORT.values(row)
    assert (values["occurred_year"], values["kind"]) == (2025, "mine")
    assert values["admin_area"] == "Area laos-10"
    assert not values.keys() & {"occurred_on", "accuracy_m", "description", "depth_cm"}
    assert (shape is None) is (level == Precision.DISTRICT)


def test_a_past_state_is_not_exported_as_if_it_were_known_now(cast, laos):
    with pytest.raises(InvalidInput, match="known now"):
        list(EXPORT.read(cast.actor("noy"), EXPORT.parse({"as_of": "2025-06-01"})))


def test_reports_by_hand_are_not_taken_twice(cast):
    take_in(cast, [claims("L1", 103.1, 19.4)])
    assert Accident.objects.get().victims.filter(is_current=True).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("other", "is_fault"),
    [
        ({"gender": "female"}, True),
        ({"age": "8"}, True),
        ({"age": "39"}, False),
        ({"age": "40"}, True),
        ({"gender": "", "age": ""}, False),
        ({"injury_outcome": "killed"}, False),
    ],
)
def test_another_person_under_a_known_number_is_a_fault_unless_accepted(
    upload: Any, clients: Any, other: dict[str, str], is_fault: bool
) -> None:
    """Files count their victims from 1 each: the next one would replace the first."""
    go(clients["noy"], upload(FIRST | {"victim_no": "1"}), "import")
    row = FIRST | other | {"victim_no": "1", "report_date": "2020-04-01"}
    run = go(clients["noy"], upload(row), "import", mode="skip")
    told = [f for f in run.faults.all() if f.code == "accident-victim-known"]
    assert [f.level for f in told] == ["error"] * is_fault
    assert run.counts.get("updated", 0) == (not is_fault)
    if is_fault:
        assert "another sex or age" in told[0].message
        run = go(clients["noy"], upload(row), "import", may_move="on")
        assert run.counts["updated"] == 1, run.message
