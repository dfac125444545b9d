"""Forgetting who a victim was: when the country's rule says so, or on request."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.accidents.errors import ReasonNeeded
from safelane.accidents.models import Victim, VictimIdentity
from safelane.accidents.policies import VictimPolicy
from safelane.core.history.actions import Entry, record
from safelane.core.protect.rowkeys import wipe_free_pages
from safelane.core.scope import Actor, system_actor
from safelane.organisations.models import Country
from safelane.organisations.packs import pack_of

YEARS = "identity_years"


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


def due_on(day: date) -> Iterator[Victim]:
    """Yield the victims whose identity may be kept no longer.

    The pack's ``identity_years`` count from the date of information of the report;
    0 keeps identities until somebody asks.
    """
    for country in Country.objects.all():
        years = int(pack_of(country).parameter(YEARS, day))
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
    return sum(forget_victim(victim, reason, by=by) for victim in list(due_on(day)))
