"""Several people approve and withdraw reports on one area at the same moment."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import shapely
from django.db import connection

from safelane.core.testing.together import together
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardousArea, HazardPeriod, HazardReport
from safelane.hazards.queries import state_of
from safelane.hazards.testing import (
    approve_report,
    check_report_operations,
    check_report_operator,
    create_report,
    submit_report,
    withdraw_report,
)
from tests.past.model import Report, answer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has one writer at a time"
    ),
]
FIRST = date(2025, 1, 1)
AT_ONCE, ROUNDS = 6, 4


def ready(cast: Any, **claims: Any) -> HazardReport:
    """Take a report to the desk of information management."""
    claim = ReportInput(**claims)
    home = cast.organisations["lao"]
    row = create_report(claim, organisation=home, by=cast.actor("bounmy"))
    row = submit_report(row, by=cast.actor("bounmy"))
    row = check_report_operator(row, by=cast.actor("keo"))
    return check_report_operations(row, by=cast.actor("vanh"))


def differences(hazard: HazardousArea, by: Any) -> list[str]:
    """Return where the register says something else than the independent model."""
    rows = list(HazardReport.objects.filter(hazard=hazard, approved_at__isnull=False))
    moments = sorted({m for r in rows for m in (r.approved_at, r.withdrawn_at) if m})
    reports = [
        Report(
            row.date_of_information,
            moments.index(row.approved_at),
            {k: v for k in ("kind", "status", "priority") if (v := getattr(row, k))},
            withdrawn=row.withdrawn_at and moments.index(row.withdrawn_at),
        )
        for row in rows
    ]
    found = []
    for number, moment in enumerate(moments):
        for day in {row.date_of_information for row in rows}:
            right, state = (
                answer(reports, day, number),
                state_of(hazard, by, day, moment),
            )
            wanted = None if right is None else right.facts
            told = None if state is None else state.stated_facts()
            if told is not None:
                told = {name: told.get(name) for name in wanted or ()}
            if told != wanted:
                found.append(f"{day} as known at act {number}: {told}, not {wanted}")
    return found


def test_what_is_done_at_once_is_known_in_one_order(cast: Any) -> None:
    by = cast.actor("noy")
    for number in range(ROUNDS):
        shape = shapely.box(103.1 + number / 100, 19.4, 103.101 + number / 100, 19.401)
        facts = {"kind": "sha", "status": "open", "geometry": shape}
        first = ready(
            cast, date_of_information=FIRST, reference=f"L-{number}", facts=facts
        )
        approve_report(first, by=by)
        hazard = HazardousArea.objects.get(reference=f"L-{number}")
        rows = [
            ready(
                cast,
                date_of_information=FIRST + timedelta(days=1 + i % 4),
                hazard=hazard,
                facts={"priority": ("high", "medium", "low")[i % 3]},
            )
            for i in range(AT_ONCE)
        ]
        known, waiting = rows[: AT_ONCE // 2], rows[AT_ONCE // 2 :]
        known = [approve_report(row, by=by) for row in known]
        acts = [lambda row=row: withdraw_report(row, "wrong", by=by) for row in known]
        acts += [lambda row=row: approve_report(row, by=by) for row in waiting]
        assert together(*acts) == []
        assert differences(hazard, by) == []
        periods = HazardPeriod.objects.filter(hazard=hazard)
        assert not [p for p in periods if p.known_to and p.known_to < p.known_from]
