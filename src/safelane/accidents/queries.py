"""Reading accidents, always from what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from safelane.accidents.actions import REPORTS
from safelane.accidents.models import Accident, AccidentReport, Victim
from safelane.accidents.policies import AccidentPolicy
from safelane.core.filters import RecordFilter
from safelane.core.review.queries import records_as_of
from safelane.core.scope import Actor, Precision, ScopedQuerySet

# What a line of a list or file shows of other rows.
RELATED = ("organisation", "country", "admin_area__parent__parent")


class AccidentFilter(RecordFilter):
    """Which accidents are asked for: by type, cause, place and day of the accident."""

    model = Accident
    dated_by = "occurred_on"


def accidents(
    actor: Actor, filters: AccidentFilter | None = None
) -> QuerySet[Accident]:
    """Return the accidents as known now, without the withdrawn ones."""
    coarse = AccidentPolicy.coarsest(actor) != Precision.EXACT
    known = Accident.objects.visible_to(actor).filter(is_withdrawn=False)
    rows = (filters or AccidentFilter()).apply(known, coarse=coarse)
    # In the order of days, a row would tell the day between those of its neighbours.
    return rows.order_by("-pk") if coarse else rows


def accidents_as_of(
    actor: Actor, filters: AccidentFilter, rows: ScopedQuerySet[Accident] | None = None
) -> list[Accident]:
    """Return the accidents known then, newest first, unsaved with the facts of then."""
    every = Accident.objects.select_related("country", "admin_area")
    return records_as_of(REPORTS, actor, filters, every if rows is None else rows)


def victims_of(accident: Accident, actor: Actor) -> QuerySet[Victim]:
    """Return the current victims of an accident that the actor may see."""
    rows = Victim.objects.visible_to(actor).filter(accident=accident, is_current=True)
    return rows.order_by("number")


def victims_in(report: AccidentReport, actor: Actor) -> QuerySet[Victim]:
    """Return the victims that a report tells of, as far as the actor may see them."""
    return Victim.objects.visible_to(actor).filter(report=report).order_by("number")


def revealable(victims: Iterable[Victim], actor: Actor) -> set[UUID]:
    """Return which of some victims' identities the actor may open."""
    rows = Victim.objects.editable_by(actor, "reveal")
    named = rows.filter(pk__in=[victim.pk for victim in victims])
    return set(named.values_list("uid", flat=True))
