"""Reports that people write, check, approve and reject, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from django.db import transaction

from safelane.core.files.store import store_file
from safelane.core.review import stages
from safelane.core.review.stages import Step
from safelane.core.review.steps import move_report, reject_report
from safelane.core.review.writing import create_report
from safelane.core.scope import Actor
from safelane.demo.build.inputs import Signs, reference_of, report_input
from safelane.demo.build.pictures import draw_picture
from safelane.demo.build.register import taken_over
from safelane.demo.build.workspace import OPERATIONS, Workspace
from safelane.demo.world.kinds import Hazard, Report
from safelane.demo.world.people import leader_of
from safelane.hazards.actions import REPORTS
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.organisations.models import Organisation

PATH = (
    stages.SUBMIT,
    stages.CHECK_OPERATOR,
    stages.CHECK_OPERATIONS,
    stages.APPROVE,
)
# Where a report that was rejected had come to.
REJECTED_AT = stages.SUBMITTED


@dataclass(frozen=True, slots=True)
class Case:
    """One report with the area that it is about."""

    hazard: Hazard
    report: Report


def build_reviews(
    workspace: Workspace, hazards: Sequence[Hazard], signs: Signs
) -> None:
    """Bring every report that needs people to the stage it has in the world."""
    cases = sorted(
        cases_of(hazards), key=lambda case: (case.report.entry_date, case.report.key)
    )
    for case in workspace.shown("Reports through review", cases):
        _bring(workspace, case, signs)


def cases_of(hazards: Sequence[Hazard]) -> Iterator[Case]:
    """Yield whole lives of walked areas, and late or waiting reports of the others."""
    for hazard in hazards:
        bulk = () if is_reviewed(hazard) else taken_over(hazard)
        done = {report.key for report in bulk}
        yield from (Case(hazard, r) for r in hazard.reports if r.key not in done)


def is_reviewed(hazard: Hazard) -> bool:
    """Say whether all reports of an area go through review one by one."""
    return bool(hazard.points)


def _bring(workspace: Workspace, case: Case, signs: Signs) -> None:
    operator = workspace.organisations[case.hazard.organisation]
    report = HazardReport.objects.filter(
        organisation=operator, external_id=case.report.key
    ).first()
    if report is None:
        report = _write(workspace, case, signs, operator)
    of = (case.hazard.organisation, case.hazard.country)
    for step in steps_to(case.report.stage, report.stage):
        report = move_report(REPORTS, report, step, by=actor_of(workspace, step, *of))
    if case.report.stage == stages.REJECTED and report.stage == REJECTED_AT:
        checker = actor_of(workspace, stages.CHECK_OPERATOR, *of)
        reject_report(REPORTS, report, case.report.reason, by=checker)


def steps_to(wanted: str, now: str) -> list[Step]:
    """Return the steps that are left from stage ``now`` to stage ``wanted``."""
    goal = REJECTED_AT if wanted == stages.REJECTED else wanted
    order = [stages.DRAFT, *(step.target for step in PATH)]
    if now not in order:
        return []
    return list(PATH[order.index(now) : order.index(goal)])


def _write(
    workspace: Workspace, case: Case, signs: Signs, operator: Organisation
) -> HazardReport:
    area = HazardousArea.objects.filter(
        organisation=operator, reference=reference_of(case.hazard)
    ).first()
    by = workspace.actors[leader_of(case.hazard.organisation)]
    claims = report_input(case.hazard, case.report, signs, area)
    with transaction.atomic():
        return create_report(
            REPORTS,
            _with_picture(workspace, claims, by),
            organisation=operator,
            country=workspace.countries[case.hazard.country],
            source="demo",
            by=by,
        )


def _with_picture(workspace: Workspace, claims: ReportInput, by: Actor) -> ReportInput:
    """Add a picture to the first piece of evidence of a walked perimeter."""
    if not (claims.evidence and claims.points):
        return claims
    first, *others = claims.evidence
    name = f"{first.external_id}.png"
    content = draw_picture(workspace.world.seed, name)
    photo = store_file(
        BytesIO(content), name, kind="photo", verb="hazard_report.report", by=by
    )
    return replace(claims, evidence=(replace(first, photo=photo), *others))


def actor_of(workspace: Workspace, step: Step, operator: str, country: str) -> Actor:
    """Return the person whose step this is."""
    if step is stages.SUBMIT:
        return workspace.actors[leader_of(operator)]
    if step is stages.CHECK_OPERATOR:
        return workspace.actors[f"{operator.removeprefix('demo-')}-operator"]
    if step is stages.CHECK_OPERATIONS:
        return workspace.actors[OPERATIONS[country]]
    return workspace.manager(country)
