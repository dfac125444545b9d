"""The one desk over which reports of every kind move."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.errors import RuleBroken
from safelane.core.history.actions import Entry, record
from safelane.core.review import stages
from safelane.core.review.errors import OwnReport
from safelane.core.review.models import ReviewedReport
from safelane.core.review.stages import Step, check_step, rejection_from
from safelane.core.scope import Actor, ScopePolicy

R = TypeVar("R", bound=ReviewedReport)


class Finding(Protocol):
    """What a rule says of a report."""

    @property
    def blocks(self) -> bool: ...

    @property
    def message(self) -> str: ...

    def as_json(self) -> dict[str, Any]: ...


class Desk(ABC, Generic[R]):
    """Move the reports of one kind; the app says what approval means.

    Attributes:
        name: Data class of the reports, as in role verbs and the history.
        model, policy: Of the reports.
    """

    name: ClassVar[str]
    model: type[R]
    policy: ClassVar[type[ScopePolicy]]

    @abstractmethod
    def evaluate(self, report: R) -> Sequence[Finding]:
        """Return what the rules in force today say of a saved report."""

    @abstractmethod
    def pack_version(self, report: R) -> str:
        """Return the version of the country pack that was asked."""

    @abstractmethod
    def wants_four_eyes(self, report: R) -> bool:
        """Say whether the author may not approve."""

    @abstractmethod
    def register(self, report: R, now: datetime) -> None:
        """Create the record that the report proposes, or lock the one it speaks of."""

    @abstractmethod
    def settle(self, report: R, now: datetime) -> None:
        """Bring the record up to date once a report counts, or no longer does."""

    @abstractmethod
    def subject(self, report: R) -> dict[str, str | None]:
        """Return what the report is about, for the history."""

    @transaction.atomic
    def move(self, report: R, step: Step, *, reason: str = "", by: Actor) -> R:
        """Move a report by one step.

        Raises:
            NotPermitted: None of the actor's roles allows this step on this report.
            Conflict: The report is not at the stage that the step leaves.
            RuleBroken: A rule blocks it; ``details`` lists the findings.
            OwnReport: Four eyes are wanted and these are the author's.
        """
        self.policy.require_row(by, step.verb, report)
        # Lock and read again: somebody else may have moved it on.
        reports: Any = self.model._default_manager
        report = reports.select_for_update().get(pk=report.pk)
        check_step(step, report.stage, reason)
        before, now = report.stage, timezone.now()
        self._apply(step, report, now, by)
        report.stage, report.reason = step.target, reason.strip()
        report.stage_at, report.stage_by_id = now, by.user_id
        report.save()
        if stages.APPROVED in (before, step.target):
            self.settle(report, now)
        self._note(step, report, before, by)
        return report

    @transaction.atomic
    def move_all(
        self, reports: Iterable[R], step: Step, *, reason: str = "", by: Actor
    ) -> list[R]:
        """Move several reports by one step: all of them or none."""
        return [self.move(report, step, reason=reason, by=by) for report in reports]

    def reject(self, report: R, reason: str, *, by: Actor) -> R:
        """Send a report back to its author with a reason."""
        return self.move(report, rejection_from(report.stage), reason=reason, by=by)

    def withdraw(self, report: R, reason: str, *, by: Actor) -> R:
        """Withdraw a report with a reason; an approved one leaves what is known."""
        approved = report.stage == stages.APPROVED
        step = stages.WITHDRAW_APPROVED if approved else stages.WITHDRAW
        return self.move(report, step, reason=reason, by=by)

    def judge(self, report: R) -> None:
        """Refuse a report that a rule blocks; keep the warnings on it, unsaved.

        Raises:
            RuleBroken: ``details`` lists the findings.
        """
        findings = self.evaluate(report)
        blocking = [finding for finding in findings if finding.blocks]
        if blocking:
            raise RuleBroken(
                " ".join(finding.message for finding in blocking),
                findings=[finding.as_json() for finding in findings],
            )
        report.findings = [finding.as_json() for finding in findings]
        report.pack_version = self.pack_version(report)

    def _apply(self, step: Step, report: R, now: datetime, by: Actor) -> None:
        if step is stages.SUBMIT:
            self.judge(report)
        elif step is stages.APPROVE:
            self._require_four_eyes(report, by)
            self.judge(report)
            report.approved_at = now
            self.register(report, now)
        elif step.target == stages.WITHDRAWN:
            report.withdrawn_at = now

    def _require_four_eyes(self, report: R, by: Actor) -> None:
        own = not by.is_system and report.entered_by_id == by.user_id
        if own and self.wants_four_eyes(report):
            raise OwnReport(_("You wrote this report. Somebody else must approve it."))

    def _note(self, step: Step, report: R, before: str, by: Actor) -> None:
        entry = Entry(
            report.organisation_id,
            f"{self.name}.{step.name}",
            self.name,
            report.uid,
            report.number,
            {"stage": before},
            {"stage": report.stage, **self.subject(report)},
            reason=report.reason,
            source=report.source,
            permission=f"{self.name}.{step.verb}",
        )
        record(entry, by=by)
