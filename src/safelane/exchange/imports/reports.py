"""Rows that are reports over a review: known ones, sending in, and taking back."""

from __future__ import annotations

from typing import Any

from safelane.core.review import stages
from safelane.core.review.kind import ReportKind
from safelane.core.review.registration import known_contents
from safelane.core.review.steps import move_report, reject_report, withdraw_report
from safelane.core.review.writing import create_report
from safelane.core.scope import Actor
from safelane.exchange.intake import Prepared
from safelane.exchange.models import ImportRun


def drop_unchanged(
    kind: ReportKind[Any, Any], run: ImportRun, prepared: Prepared
) -> None:
    """Leave out the rows that came in before and say the same: nothing to judge."""
    items = prepared.items
    known = known_contents(kind, run.organisation, items.values())
    prepared.items = {
        row: item
        for row, item in items.items()
        if (item.external_id, item.content_hash) not in known
    }
    prepared.unchanged = len(items) - len(prepared.items)


def send_to_review(
    kind: ReportKind[Any, Any], run: ImportRun, claims: Any, *, by: Actor
) -> Any:
    """Create a report and submit it."""
    owner, country = run.organisation, run.country
    draft = create_report(
        kind, claims, organisation=owner, country=country, source="import", by=by
    )
    return move_report(kind, draft, step=stages.SUBMIT, by=by)


def withdraw_import(
    kind: ReportKind[Any, Any], run: ImportRun, reason: str, by: Actor
) -> int:
    """Withdraw the reports of an import that still stand; return how many.

    Raises:
        NotPermitted: One is not the actor's to withdraw.
    """
    came_in = kind.reports.filter(batch=run.batch, organisation=run.organisation)
    reports = list(came_in.exclude(stage=stages.WITHDRAWN))
    for report in reports:
        if report.stage in stages.FORWARD:
            report = reject_report(kind, report, reason, by=by)
        withdraw_report(kind, report, reason, by=by)
    return len(reports)
