"""Taking over accidents that were approved elsewhere, such as an earlier database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.accidents.actions.projection import recompute
from safelane.accidents.actions.reports import REPORT, create_report, note
from safelane.accidents.actions.review import DESK
from safelane.accidents.inputs import AccidentInput
from safelane.accidents.models import Accident, AccidentReport, Victim
from safelane.core.errors import InvalidInput
from safelane.core.review import stages
from safelane.core.scope import Actor
from safelane.organisations.models import Country, Organisation

CHUNK = 500


@transaction.atomic
def register_approved(
    inputs: Sequence[AccidentInput],
    *,
    organisation: Organisation,
    country: Country | None = None,
    reason: str,
    source: str = "import",
    by: Actor,
) -> list[AccidentReport]:
    """Register reports that were approved elsewhere: all of them or none.

    The rules apply as to any report; the checks by people were made elsewhere, which
    the reason must say. A row whose ``external_id`` was taken in before with the same
    content is passed over, so that running twice changes nothing; a row whose reference
    is known becomes a report on that accident.

    Raises:
        NotPermitted: The actor may not import or not approve.
        RuleBroken: A rule of the country pack blocks a report.
    """
    by.require("accident.import")
    by.require(f"{REPORT}.approve")
    if not reason.strip():
        raise InvalidInput(_("Say where these were approved."), field="reason")
    fresh = [
        aimed(claims, organisation)
        for claims in inputs
        if not _is_known(claims, organisation)
    ]
    saved = [
        create_report(
            claims, organisation=organisation, country=country, source=source, by=by
        )
        for claims in fresh
    ]
    touched = {_approve(report, reason, by) for report in saved}
    for accident in Accident.objects.filter(pk__in=touched):
        recompute(accident, timezone.now())
    return saved


def aimed(claims: AccidentInput, organisation: Organisation) -> AccidentInput:
    """Return the claims as a report on the accident that has this reference, if any."""
    if claims.accident is not None:
        return claims
    known = Accident.objects.filter(
        organisation=organisation, reference=claims.reference.strip()
    ).first()
    return claims if known is None else replace(claims, accident=known, reference="")


def _is_known(claims: AccidentInput, organisation: Organisation) -> bool:
    if not claims.external_id:
        return False
    known = AccidentReport.objects.filter(
        organisation=organisation,
        external_id=claims.external_id,
        content_hash=claims.content_hash,
    )
    return known.exclude(stage=stages.WITHDRAWN).exists()


def known_contents(
    organisation: Organisation, inputs: Iterable[AccidentInput]
) -> set[tuple[str, str]]:
    """Return identifier and content of those that came in before and still stand."""
    wanted = [claims.external_id for claims in inputs if claims.external_id]
    rows = AccidentReport.objects.filter(
        organisation=organisation, content_hash__gt=""
    ).exclude(stage=stages.WITHDRAWN)
    found: set[tuple[str, str]] = set()
    for start in range(0, len(wanted), CHUNK):
        named = rows.filter(external_id__in=wanted[start : start + CHUNK])
        found |= set(named.values_list("external_id", "content_hash"))
    return found


def _approve(report: AccidentReport, reason: str, by: Actor) -> int:
    now = timezone.now()
    DESK.judge(report)
    if report.accident_id is None:
        report.accident = _known_accident(report)
    DESK.register(report, now)
    report.stage, report.reason = stages.APPROVED, reason.strip()
    report.approved_at = report.stage_at = now
    report.stage_by_id = by.user_id
    report.save()
    Victim.objects.filter(report=report).update(accident=report.accident)
    note(f"{REPORT}.approve", report, {"stage": stages.DRAFT}, by)
    assert report.accident_id is not None  # noqa: S101 - register gave it one
    return report.accident_id


def _known_accident(report: AccidentReport) -> Accident | None:
    """Return the accident that an earlier row of the same import registered."""
    return Accident.objects.filter(
        organisation=report.organisation, reference=report.reference
    ).first()
