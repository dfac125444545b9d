"""Taking back what an import brought in."""

from __future__ import annotations

from typing import Any

from safelane.core.review import stages
from safelane.core.review.kind import ReportKind
from safelane.core.review.steps import reject_report, withdraw_report
from safelane.core.scope import Actor
from safelane.exchange.models import ImportRun


def withdraw_import(
    kind: ReportKind[Any, Any], run: ImportRun, reason: str, by: Actor
) -> int:
    """Withdraw the reports of an import that still stand; return how many.

    Raises:
        NotPermitted: One is not the actor's to withdraw.
    """
    rows = kind.reports.filter(batch=run.batch, organisation=run.organisation)
    standing = list(rows.exclude(stage=stages.WITHDRAWN))
    for report in standing:
        if report.stage in stages.FORWARD:
            report = reject_report(kind, report, reason, by=by)
        withdraw_report(kind, report, reason, by=by)
    return len(standing)
