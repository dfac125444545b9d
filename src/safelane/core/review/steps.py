"""Moving reports of any kind through their review; approval writes the record."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from safelane.core.errors import Conflict, NotFound, RuleBroken
from safelane.core.history.actions import record, take_turn
from safelane.core.review import stages
from safelane.core.review.errors import OwnReport, ReferenceTaken
from safelane.core.review.findings import (
    BLOCK,
    Kept,
    Ref,
    blocking,
    references,
    seen_exactly,
    told,
    undecided,
)
from safelane.core.review.kind import R, ReportKind
from safelane.core.review.projection import hold, recompute
from safelane.core.review.queries import changed_by, findings_now, for_other_eyes
from safelane.core.review.stages import Step, check_step, rejection_from
from safelane.core.review.writing import entry, record_facts, refuse_taken_reference
from safelane.core.scope import NOTHING, Actor

SIMPLE_STEPS = (
    stages.SUBMIT,
    *stages.FORWARD.values(),
    stages.REWORK,
    stages.WITHDRAW,
    stages.WITHDRAW_APPROVED,
)


@transaction.atomic
def move_report(
    kind: ReportKind[R, Any], report: R, step: Step, *, reason: str = "", by: Actor
) -> R:
    """Move a report by one step.

    Raises:
        NotPermitted: None of the actor's roles allows this step on this report.
        Conflict: The report is not at the stage that the step leaves.
        RuleBroken: A rule blocks it; ``details`` lists the findings.
        OwnReport: Four eyes are wanted and the actor wrote it.
        ReferenceTaken: Another record took the reference in the meantime.
    """
    kind.policy.require_row(by, step.verb, report)
    take_turn([report.organisation_id])
    # Lock and read again: somebody else may have moved it on.
    row: R = kind.reports.select_for_update().get(pk=report.pk)
    check_step(step, row.stage, reason)
    before, key = row.stage, getattr(row, f"{kind.record}_id")
    writes = stages.APPROVED in (before, step.target)
    now = hold(kind, [key] if writes and key else ())
    if step is stages.SUBMIT:
        refuse_taken_reference(kind, row)
        judge(kind, row, step, by)
    elif step is stages.APPROVE:
        if is_own(kind, row, by):
            raise OwnReport(_("You wrote this report. Somebody else must approve it."))
        judge(kind, row, step, by)
        row.approved_at = now
        _register(kind, row, now)
    elif step.target == stages.WITHDRAWN:
        row.withdrawn_at = now
    row.stage, row.reason = step.target, reason.strip()
    row.stage_at, row.stage_by_id = now, by.user_id
    row.save()
    known = kind.record_of(row)
    if writes and known is not None:
        kind.tie(row)
        recompute(kind, [known], now)
    said = {"stage": row.stage, "stage_at": now, **record_facts(kind, row)}
    told = {"stage": before}, said
    record(entry(kind, step.name, row, *told, may=step.verb, reason=row.reason), by=by)
    return row


def reject_report(kind: ReportKind[R, Any], report: R, reason: str, *, by: Actor) -> R:
    """Send a report back to its author with a reason."""
    step = rejection_from(report.stage)
    return move_report(kind, report, step, reason=reason, by=by)


def withdraw_report(
    kind: ReportKind[R, Any], report: R, reason: str, *, by: Actor
) -> R:
    """Withdraw a report with a reason; an approved one leaves what is known."""
    approved = report.stage == stages.APPROVED
    step = stages.WITHDRAW_APPROVED if approved else stages.WITHDRAW
    return move_report(kind, report, step, reason=reason, by=by)


def steps_for(kind: ReportKind[R, Any], report: R, actor: Actor) -> list[Step]:
    """Return the steps that the actor may take with a report now."""
    found = [step for step in SIMPLE_STEPS if report.stage in step.sources]
    if report.stage in stages.FORWARD:
        found.append(rejection_from(report.stage))
    return [step for step in found if _may_take(kind, step, report, actor)]


def step_named(name: str, report: Any, shown: str = "") -> Step:
    """Return a step by its name; what a rejection needs depends on the stage.

    Args:
        shown: The stage that the page showed, where it says one.

    Raises:
        NotFound: There is no such step.
        Conflict: Somebody has moved the report on since the page was opened.
    """
    if shown and shown != report.stage:
        said = {"number": report, "stage": stages.LABELS[report.stage]}
        raise Conflict(_("%(number)s has moved on meanwhile: %(stage)s.") % said)
    if name == "reject":
        return rejection_from(report.stage)
    for step in SIMPLE_STEPS:
        if step.name == name:
            return step
    raise NotFound(_("There is no step “%(name)s”.") % {"name": name})


def _may_take(kind: ReportKind[R, Any], step: Step, report: R, actor: Actor) -> bool:
    if step is stages.APPROVE and is_own(kind, report, actor):
        return False
    rows = kind.reports.filter(kind.policy.rows(actor, step.verb), pk=report.pk)
    return bool(rows.exists())


def needs_other_eyes(kind: ReportKind[R, Any], report: R, actor: Actor) -> bool:
    """Say whether the actor could approve a report but for being its author."""
    waits = report.stage in stages.APPROVE.sources and is_own(kind, report, actor)
    rows = kind.policy.rows(actor, stages.APPROVE.verb) if waits else NOTHING
    return waits and kind.reports.filter(rows, pk=report.pk).exists()


def is_own(kind: ReportKind[R, Any], report: R, actor: Actor) -> bool:
    """Say whether four eyes are wanted and these are two of them: the author's.

    The author is who entered the report, and whoever changed it as a draft; who passed
    it on at a check is not.
    """
    if actor.is_system or actor.user_id is None:
        return False
    if not for_other_eyes(kind, [report], actor.user_id):
        return False
    is_author = report.entered_by_id == actor.user_id
    return is_author or bool(changed_by(kind, [report.uid], actor.user_id))


def judge(kind: ReportKind[R, Any], report: R, step: Step, by: Actor) -> None:
    """Refuse a saved report that a rule blocks; keep the findings on it, unsaved.

    Raises:
        RuleBroken: ``details`` lists what the actor may be told of the findings, or
            nothing where the rules hang on what only others may see.
    """
    kept = findings_now(kind, report)
    refuse_blocked(kept, step, seen_exactly(by, references(kept)))
    report.findings = kept
    report.pack_version = kind.programme.pack_of(report.country).version


def refuse_blocked(kept: Sequence[Kept], step: Step, seen: Container[Ref]) -> None:
    """Raise as :func:`judge` where a rule blocks a step for who sees these records."""
    if step is not stages.SUBMIT and undecided(kept, seen):
        raise RuleBroken(
            _(
                "Whether this may be approved hangs on records that your role does not "
                "open. Let somebody approve it who may see all that is recorded here."
            ),
            findings=[],
        )
    if blocking(kept, seen):
        said = told(kept, seen)
        message = " ".join(f["message"] for f in said if f["severity"] == BLOCK)
        raise RuleBroken(message, findings=said)


def _register(kind: ReportKind[R, Any], report: R, now: datetime) -> None:
    """Create the record that a report proposes, unless it speaks of a known one."""
    row: Any = report
    if kind.record_of(report) is None and row.reference:
        found, created = kind.record_model._default_manager.get_or_create(
            organisation=row.organisation,
            reference=row.reference,
            defaults={
                "country": row.country,
                "admin_area": row.admin_area,
                "updated_at": now,
            },
        )
        if not created:
            message = _(
                "The reference “%(reference)s” was taken in the meantime. Reject the "
                "report so that it can name that %(record)s."
            )
            said = {"reference": row.reference, "record": kind.record_name}
            raise ReferenceTaken(message % said, field="reference")
        setattr(row, kind.record, found)
