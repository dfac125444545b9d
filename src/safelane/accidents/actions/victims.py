"""Victims of a report, and the one way to open an identity or to forget it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.accidents.choices import REFUSED
from safelane.accidents.disability import age_group_of, has_disability
from safelane.accidents.errors import ConsentRefused, ReasonNeeded
from safelane.accidents.facts import IDENTITY_FIELDS
from safelane.accidents.inputs import AccidentInput, IdentityInput, VictimInput
from safelane.accidents.models import (
    AccidentReport,
    Victim,
    VictimIdentity,
)
from safelane.accidents.policies import VictimPolicy
from safelane.core.errors import InvalidInput
from safelane.core.history.actions import Entry, record
from safelane.core.protect.rowkeys import wipe_free_pages
from safelane.core.scope import Actor, system_actor
from safelane.countries import CountryPack
from safelane.organisations.models import Country
from safelane.organisations.packs import pack_of

SHORTEST_REASON = 10


def write_victims(report: AccidentReport, claims: AccidentInput) -> None:
    """Replace the victims of a draft; an identity that is not given anew is kept.

    Raises:
        InvalidInput: A number stands twice.
        ConsentRefused: An identity is given though the person refused.
    """
    numbers = [victim.number for victim in claims.victims]
    if len(set(numbers)) < len(numbers):
        raise InvalidInput(_("A victim's number stands twice."), field="victims")
    pack = pack_of(report.country)
    report.victims.exclude(number__in=numbers).delete()
    for victim in claims.victims:
        _write_victim(report, victim, pack)


def _write_victim(
    report: AccidentReport, claims: VictimInput, pack: CountryPack
) -> None:
    facts = asdict(claims)
    identity = facts.pop("identity")
    facts["injuries"] = list(claims.injuries)
    facts["age_group"] = age_group_of(claims.age, pack)
    facts["has_disability"] = has_disability(claims.wgss, claims.age, pack)
    facts["accident_id"] = report.accident_id
    for name in ("organisation_id", "country_id", "admin_area_id"):
        facts[name] = getattr(report, name)
    victim, _created = Victim.objects.update_or_create(
        report=report, number=facts.pop("number"), defaults=facts
    )
    if claims.consent == REFUSED:
        _refuse_identity(victim, claims.identity)
    elif identity is not None:
        VictimIdentity.objects.update_or_create(victim=victim, defaults=identity)


def _refuse_identity(victim: Victim, identity: IdentityInput | None) -> None:
    if identity is not None and any(asdict(identity).values()):
        raise ConsentRefused(
            _("Victim %(number)s refused: leave the identity empty.")
            % {"number": victim.number},
            field="victims",
        )
    VictimIdentity.objects.filter(victim=victim).delete()


@transaction.atomic
def reveal_victim(victim: Victim, reason: str, *, by: Actor) -> dict[str, str]:
    """Open a victim's identity; the reason and who asked go into the history.

    Returns:
        Names of ``IDENTITY_FIELDS`` -> text; empty where nothing is kept.

    Raises:
        NotPermitted: No role of the actor may open this victim's identity.
        ReasonNeeded: The reason is missing or too short to be one.
    """
    by.require_in_person()
    VictimPolicy.require_row(by, "reveal", victim)
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonNeeded(
            _("Write why you open this record, for instance the referral it is for."),
            field="reason",
        )
    entry = Entry(
        victim.organisation_id,
        "victim.reveal",
        "victim",
        victim.uid,
        str(victim),
        reason=reason.strip(),
    )
    record(entry, by=by)
    identity = VictimIdentity.objects.filter(victim=victim).first()
    return {name: getattr(identity, name, "") for name in IDENTITY_FIELDS}


@transaction.atomic
def forget_victim(victim: Victim, reason: str, *, by: Actor) -> bool:
    """Destroy the identity of a victim; False when none is kept.

    The history keeps that, when, by whom and why. What is counted of people stays.

    Raises:
        NotPermitted: No role of the actor may open this victim's identity.
        ReasonNeeded: There is no reason.
    """
    VictimPolicy.require_row(by, "reveal", victim)
    if not reason.strip():
        raise ReasonNeeded(_("Write why the identity is destroyed."), field="reason")
    found = VictimIdentity.objects.defer(*_sealed()).filter(victim=victim).first()
    if found is None:
        return False
    found.delete()
    entry = Entry(
        victim.organisation_id,
        "victim.forget",
        "victim",
        victim.uid,
        str(victim),
        reason=reason.strip(),
    )
    record(entry, by=by)
    transaction.on_commit(wipe_free_pages)
    return True


def _sealed() -> list[str]:
    """Return the sealed fields: a key that is lost must not keep a row from going."""
    return [field.name for field in VictimIdentity.sealed_fields()]


def identities_due(day: date) -> Iterator[Victim]:
    """Yield the victims whose identity may be kept no longer.

    The pack's ``identity_years`` count from the date of information of the report;
    0 keeps identities until somebody asks.
    """
    for country in Country.objects.all():
        years = int(pack_of(country).parameter("identity_years", day))
        if years:
            last = day.replace(year=day.year - years, day=min(day.day, 28))
            yield from Victim.objects.filter(
                country=country,
                identity__isnull=False,
                report__date_of_information__lt=last,
            ).order_by("pk")


def forget_due(now: datetime) -> int:
    """Destroy every identity that may be kept no longer; return how many."""
    reason, by = _("Kept as long as the country's rule says."), system_actor()
    day = timezone.localdate(now)
    return sum(
        forget_victim(victim, reason, by=by) for victim in list(identities_due(day))
    )
