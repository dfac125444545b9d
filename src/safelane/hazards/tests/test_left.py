"""What somebody still reads of a report who has left the organisation it is of."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from safelane.core.domain import house
from safelane.core.history.queries import changes_of, shown
from safelane.hazards.inputs import EvidenceInput, ReportInput
from safelane.hazards.testing import (
    area_at,
    create_report,
    reject_report,
    submit_report,
    update_report,
)

pytestmark = pytest.mark.django_db
NAME, REASON = "Named since he left", "Which of the two fields is meant?"
PLACE = area_at("azerbaijan", 0.004)
DOORS = (
    "/api/v1/reports",
    "/api/v1/reports/{uid}",
    "/hazards/reports/",
    "/hazards/reports/{uid}/",
    "/hazards/reports/{uid}/edit/",
    "/ogc/collections/reports-pending/items?f=json",
    "/",
)


def said(**facts: Any) -> ReportInput:
    return ReportInput(
        date_of_information=date(2025, 5, 2),
        reference="AZ-7",
        facts={"kind": "sha", "status": "open"} | facts,
        evidence=(
            EvidenceInput(
                geometry=PLACE.centroid, directness="indirect", kind="scrap_metal"
            ),
        ),
    )


@pytest.fixture
def left(cast):
    """Return Omar's draft, rewritten and sent back since he left."""
    then = timezone.localdate() - timedelta(days=3)
    home, rauf = cast.organisations["azo"], cast.actor("rauf")
    draft = create_report(said(), organisation=home, by=cast.actor("omar", then))
    draft = update_report(draft, said(name=NAME, geometry=PLACE), by=rauf)
    return reject_report(submit_report(draft, by=rauf), REASON, by=cast.actor("gunay"))


@pytest.mark.parametrize("door", DOORS)
def test_who_left_reads_nothing_of_what_others_wrote(left, clients, door):
    answer = clients["omar"].get(door.format(uid=left.uid))
    text = answer.content.decode()
    secrets = (NAME, REASON, left.number, f"{PLACE.bounds[0]:.5f}")
    assert [secret for secret in secrets if secret in text] == []
    assert answer.status_code == (404 if "{" in door else 200)


def test_who_left_replaces_nothing(left, cast, clients):
    body = {
        "organisation": str(cast.organisations["azo"].uid),
        "date_of_information": "2025-05-02",
        "facts": {"kind": "cha"},
    }
    answer = clients["omar"].put(
        f"/api/v1/reports/{left.uid}", json.dumps(body), "application/json"
    )
    assert answer.status_code == 404


def test_the_history_of_an_own_report_closes_with_the_role(left, cast):
    changes = changes_of("hazard_report", [left.uid])
    told = shown(changes, cast.actor("omar"), house().subjects)
    assert told
    assert not any(change.is_open for change in told)
    told = shown(changes, cast.actor("rauf"), house().subjects)
    assert all(change.is_open for change in told)


def test_the_author_with_a_role_in_force_goes_on(left, clients):
    assert NAME in clients["rauf"].get(f"/hazards/reports/{left.uid}/").content.decode()
