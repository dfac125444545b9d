"""Passing several reports on at once: all of them, or a list of what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from safelane.core.history.actions import Entry, record
from safelane.core.review import stages
from safelane.core.scope import system_actor
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.testing import (
    area_at,
    check_report_operations,
    create_report,
    submit_report,
)

PASS_ON = "/hazards/review/pass-on/"


@pytest.fixture
def write(cast: Any) -> Callable[..., HazardReport]:
    """Return a function that writes and submits a report under a reference."""

    def submitted(
        reference: str, person: str = "bounmy", stage: str = ""
    ) -> HazardReport:
        facts = {
            "kind": "sha",
            "status": "open",
            "information_source": "community",
            "geometry": area_at("laos"),
        }
        day = date(2024, 5, 1)
        claims = ReportInput(date_of_information=day, reference=reference, facts=facts)
        by = cast.actor(person)
        draft = create_report(claims, organisation=cast.organisations["lao"], by=by)
        report = submit_report(draft, by=by)
        if stage:
            report.stage = stage
            report.save(update_fields=["stage"])
        return report

    return submitted


def pass_on(client: Client, *reports: HazardReport) -> Any:
    chosen = [f"{report.uid} {report.stage}" for report in reports]
    return client.post(PASS_ON, {"report": chosen})


def stages_of(*reports: HazardReport) -> list[str]:
    return [HazardReport.objects.get(pk=report.pk).stage for report in reports]


def test_each_chosen_report_takes_its_next_step(write: Any, clients: Any) -> None:
    one, other, left = write("L-1"), write("L-2"), write("L-3")
    answer = pass_on(clients["keo"], one, other)
    assert (answer.status_code, answer["Location"]) == (302, "/hazards/review/")
    assert stages_of(one, other) == [stages.OPERATOR_CHECKED] * 2
    assert stages_of(left) == [stages.SUBMITTED]
    text = clients["keo"].get("/hazards/review/").content.decode()
    assert "2 reports are passed on." in text


def test_a_form_that_is_sent_twice_takes_one_step(write: Any, clients: Any) -> None:
    """Whoever may check twice in a row has seen each stage before passing it on."""
    report = write("L-1", stage=stages.OPERATOR_CHECKED)
    sent = {"report": [f"{report.uid} {report.stage}"]}
    check_report_operations(report, by=system_actor("tests"))
    answer = clients["noy"].post(PASS_ON, sent)
    assert answer.status_code == 422
    assert stages_of(report) == [stages.OPERATIONS_CHECKED]


def test_a_report_that_one_changed_waits_for_somebody_else(
    cast: Any, write: Any, clients: Any
) -> None:
    cast.with_role("second", ("laa", "country", "exact", "approve"), ["hazard_report"])
    changed = write("L-1", stage=stages.OPERATIONS_CHECKED)
    other = write("L-2", stage=stages.OPERATIONS_CHECKED)
    verb, kind = "hazard_report.update", "hazard_report"
    said = Entry(changed.organisation_id, verb, kind, changed.uid)
    with transaction.atomic():
        record(said, by=cast.actor("noy"))
    shown = clients["noy"].get("/hazards/review/").context["page"].object_list
    assert [report.pk for report in shown] == [other.pk]


def test_approval_writes_the_register(write: Any, clients: Any) -> None:
    ready = [write(f"L-{n}", stage=stages.OPERATIONS_CHECKED) for n in range(3)]
    assert pass_on(clients["noy"], *ready).status_code == 302
    assert HazardousArea.objects.count() == 3


def test_one_refusal_keeps_all_where_they_are(
    cast: Any, write: Any, clients: Any
) -> None:
    cast.with_role("second", ("laa", "country", "exact", "approve"), ["hazard_report"])
    mine = write("L-1", person="noy", stage=stages.OPERATIONS_CHECKED)
    fine = write("L-2", stage=stages.OPERATIONS_CHECKED)
    answer = pass_on(clients["noy"], mine, fine)
    assert answer.status_code == 422
    assert stages_of(mine, fine) == [stages.OPERATIONS_CHECKED] * 2
    assert not HazardousArea.objects.exists()
    refused = answer.context["refused"]
    assert [outcome.report for outcome in refused] == [mine]
    assert "Somebody else must approve it" in refused[0].fault
    assert answer.context["good"] == [fine]
    assert "Pass on the other one" in answer.content.decode()


def test_two_reports_that_open_the_same_area_do_not_both_pass(
    write: Any, clients: Any
) -> None:
    twins = [write("L-1", stage=stages.OPERATIONS_CHECKED) for _n in range(2)]
    answer = pass_on(clients["noy"], *twins)
    assert [outcome.report for outcome in answer.context["refused"]] == [twins[1]]
    assert not HazardousArea.objects.exists()


def test_a_reviewer_passes_only_the_own_step(write: Any, clients: Any) -> None:
    report = write("L-1", stage=stages.OPERATIONS_CHECKED)
    answer = pass_on(clients["vanh"], report)
    assert answer.status_code == 422
    assert stages_of(report) == [stages.OPERATIONS_CHECKED]


def test_reports_out_of_reach_do_not_exist(write: Any, clients: Any) -> None:
    report = write("L-1")
    assert pass_on(clients["aysel"], report).status_code == 404
    assert stages_of(report) == [stages.SUBMITTED]


@pytest.mark.parametrize("chosen", [[], ["no-uid"]])
def test_a_choice_that_cannot_be_read(chosen: list[str], clients: Any) -> None:
    assert clients["noy"].post(PASS_ON, {"report": chosen}).status_code == 422


def test_a_report_that_went_on_meanwhile_is_named(write: Any, clients: Any) -> None:
    report = write("L-1", stage=stages.APPROVED)
    answer = pass_on(clients["noy"], report)
    assert "waits for nobody" in answer.context["refused"][0].fault


def test_the_queue_can_be_narrowed_to_a_stage(write: Any, clients: Any) -> None:
    first, ready = write("L-1"), write("L-2", stage=stages.OPERATIONS_CHECKED)
    every = clients["noy"].get("/hazards/review/")
    assert {row.pk for row in every.context["page"]} == {first.pk, ready.pk}
    some = clients["noy"].get("/hazards/review/?stage=operations_checked")
    assert [row.pk for row in some.context["page"]] == [ready.pk]
