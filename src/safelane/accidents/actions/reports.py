"""Writing drafts: what a person, a file or a device claims of an accident."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from safelane.accidents.actions.codes import check_codes
from safelane.accidents.actions.victims import write_victims
from safelane.accidents.inputs import AccidentInput
from safelane.accidents.models import FACT_FIELDS, Accident, AccidentReport
from safelane.accidents.models.facts import FACT_GROUPS, default_of
from safelane.accidents.policies import AccidentPolicy, AccidentReportPolicy
from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.history.actions import Entry, record
from safelane.core.review import stages
from safelane.core.review.errors import (
    EmptyReport,
    NotADraft,
    ReferenceTaken,
    UnknownFact,
)
from safelane.core.review.groups import refuse_loose_facts
from safelane.core.scope import Actor
from safelane.hazards.queries import areas
from safelane.organisations.models import AdminArea, Country, Organisation
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import area_at, organisations_in_reach

REPORT = "accident_report"


@transaction.atomic
def create_report(
    claims: AccidentInput,
    *,
    organisation: Organisation,
    country: Country | None = None,
    admin_area: AdminArea | None = None,
    source: str = "page",
    by: Actor,
) -> AccidentReport:
    """Write a draft report in the name of an organisation.

    Args:
        claims: What it says.
        country: Where; the accident's or the organisation's country when None.
        admin_area: Where, when there is no position: it may be unsafe to take one.
        source: ``page``, ``api``, ``import``, ``odk`` or ``demo``.

    Raises:
        NotPermitted: The organisation or the accident is outside the actor's scope.
        EmptyReport, UnknownFact, LooseFact, UnknownCode, ReferenceTaken,
            InvalidInput: The claims cannot stand as they are.
    """
    by.require(f"{REPORT}.report")
    _require_reach(organisation, claims, by)
    place = country or (claims.accident or organisation).country
    if place is None:
        raise InvalidInput(_("Say in which country this is."), field="country")
    report = AccidentReport(
        organisation=organisation,
        country=place,
        admin_area=admin_area,
        source=source,
        entered_by_id=by.user_id,
    )
    _write(report, claims, by)
    day = f"{report.entered_at:%Y%m%d}"
    report.number = f"{organisation.short_name}-ACC-{day}-{report.pk}"
    report.save(update_fields=["number"])
    note(f"{REPORT}.create", report, None, by)
    return report


@transaction.atomic
def update_report(
    report: AccidentReport, claims: AccidentInput, *, by: Actor
) -> AccidentReport:
    """Replace what a draft says.

    Raises:
        NotADraft: The report has been submitted; a new report corrects it.
    """
    AccidentReportPolicy.require_row(by, "report", report)
    report = AccidentReport.objects.select_for_update().get(pk=report.pk)
    if report.stage != stages.DRAFT:
        raise NotADraft(
            _("Report %(number)s is no longer a draft. Write a new report instead.")
            % {"number": report.number}
        )
    _require_reach(report.organisation, claims, by)
    before = snapshot(report)
    _write(report, claims, by)
    note(f"{REPORT}.update", report, before, by)
    return report


def _require_reach(
    organisation: Organisation, claims: AccidentInput, by: Actor
) -> None:
    if organisation.pk not in organisations_in_reach(by, f"{REPORT}.report"):
        raise NotPermitted(
            _("You cannot report in the name of “%(name)s”.")
            % {"name": organisation.name}
        )
    if claims.accident is not None:
        AccidentPolicy.require_row(by, "view", claims.accident)


def _write(report: AccidentReport, claims: AccidentInput, by: Actor) -> None:
    _fill(report, claims)
    report.hazard_id = _hazard_id(claims, by)
    _refuse_empty(claims)
    _refuse_taken_reference(report)
    check_codes(pack_of(report.country), claims)
    if report.geometry is not None:
        report.admin_area = area_at(report.country, report.geometry)
    elif report.admin_area is None and report.accident is not None:
        report.admin_area = report.accident.admin_area
    try:
        report.full_clean(exclude=["geometry"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(" ".join(messages), field=field) from error
    report.save()
    write_victims(report, claims)


def _hazard_id(claims: AccidentInput, by: Actor) -> int | None:
    if claims.hazard_uid is None:
        return None
    found = areas(by).filter(uid=claims.hazard_uid).values_list("pk", flat=True).first()
    if found is None:
        raise InvalidInput(
            _("There is no such hazardous area, or it is outside your scope."),
            field="hazard",
        )
    return found


def _fill(report: AccidentReport, claims: AccidentInput) -> None:
    unknown = (set(claims.facts) | set(claims.retracts)) - set(FACT_FIELDS)
    if unknown:
        names = ", ".join(sorted(unknown))
        raise UnknownFact(_("There is no fact “%(names)s”.") % {"names": names})
    refuse_loose_facts(AccidentReport, claims.facts, claims.retracts, FACT_GROUPS)
    for name in FACT_FIELDS:
        setattr(report, name, claims.facts.get(name, default_of(name)))
    report.accident, report.reference = claims.accident, claims.reference.strip()
    report.date_of_information = claims.date_of_information
    report.retracts = sorted(claims.retracts)
    report.external_id, report.content_hash = claims.external_id, claims.content_hash
    report.batch, report.device_time = claims.batch, claims.device_time


def _refuse_empty(claims: AccidentInput) -> None:
    if not (claims.facts or claims.retracts or claims.victims):
        raise EmptyReport(_("The report says nothing yet: state a fact or a victim."))
    if claims.accident is None and not claims.reference.strip():
        raise EmptyReport(
            _("Say which accident this is, or give the new one a reference."),
            field="reference",
        )


def _refuse_taken_reference(report: AccidentReport) -> None:
    if report.accident_id is not None:
        return
    taken = Accident.objects.filter(
        organisation=report.organisation, reference=report.reference
    )
    if taken.exists():
        raise ReferenceTaken(
            _(
                "The reference “%(reference)s” is taken. Report on that accident, or "
                "choose another reference."
            )
            % {"reference": report.reference},
            field="reference",
        )


def snapshot(report: AccidentReport) -> dict[str, Any]:
    """Return what a report says, for the history: victims by number, no person."""
    victims = report.victims.order_by("number").values_list("number", flat=True)
    return {
        "reference": report.reference or str(report.accident or ""),
        "date_of_information": report.date_of_information,
        "retracts": report.retracts,
        "victims": list(victims),
        **report.claims(),
    }


def note(
    verb: str, report: AccidentReport, before: dict[str, Any] | None, by: Actor
) -> None:
    """Write what happened to a report into the history."""
    entry = Entry(
        report.organisation_id,
        verb,
        REPORT,
        report.uid,
        report.number,
        before,
        snapshot(report),
        source=report.source,
        device_time=report.device_time,
        permission=verb if verb == f"{REPORT}.approve" else f"{REPORT}.report",
    )
    record(entry, by=by)
