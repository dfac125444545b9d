"""Taking back what an import brought in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from safelane.core.review import stages
from safelane.core.review.kind import ReportKind
from safelane.core.review.steps import reject_report, withdraw_report
from safelane.core.scope import Actor
from safelane.exchange.models import ImportRun

Act = Callable[..., Any]


def withdraw_reports(
    reports: Iterable[Any], reason: str, *, reject: Act, withdraw: Act, by: Actor
) -> int:
    """Withdraw the reports of an import that still stand; return how many.

    Raises:
        NotPermitted: One is not the actor's to withdraw.
    """
    count = 0
    for report in reports:
        if report.stage == stages.WITHDRAWN:
            continue
        waits = report.stage in stages.FORWARD
        standing = reject(report, reason, by=by) if waits else report
        withdraw(standing, reason, by=by)
        count += 1
    return count


def withdraw_import(
    kind: ReportKind[Any, Any], run: ImportRun, reason: str, by: Actor
) -> int:
    """Withdraw what an import of a kind brought in; return how many reports."""

    def reject(report: Any, why: str, *, by: Actor) -> Any:
        return reject_report(kind, report, why, by=by)

    def withdraw(report: Any, why: str, *, by: Actor) -> Any:
        return withdraw_report(kind, report, why, by=by)

    rows = kind.reports.filter(batch=run.batch, organisation=run.organisation)
    return withdraw_reports(list(rows), reason, reject=reject, withdraw=withdraw, by=by)
