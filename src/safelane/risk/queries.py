"""Reading survey priors, always from what the actor may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from shapely.geometry.base import BaseGeometry

from safelane.core.scope import Actor
from safelane.hazards.choices import CHA, STATUS_CLOSED, STATUS_RELEASED
from safelane.hazards.queries import areas, sees_all_outlines
from safelane.organisations.models import AdminArea, Country
from safelane.risk.models import RankedUnit, SurveyPrior


def priors(actor: Actor) -> QuerySet[SurveyPrior]:
    """Return the runs in scope, newest first."""
    rows = SurveyPrior.objects.visible_to(actor)
    return rows.select_related("country", "organisation", "rerun_of")


def prior_for(actor: Actor, uid: str) -> SurveyPrior:
    """Return one run.

    Raises:
        NotFound: No such run in the actor's scope.
    """
    rows = SurveyPrior.objects.select_related("country", "organisation", "rerun_of")
    prior: SurveyPrior = rows.get_for(actor, uid=uid)
    return prior


def ranked(
    actor: Actor, prior: SurveyPrior, level: str, words: str = ""
) -> QuerySet[RankedUnit]:
    """Return a level's units in order of rank, those named like ``words`` only."""
    rows = RankedUnit.objects.visible_to(actor).filter(prior=prior, level=level)
    if words:
        places = AdminArea.objects.filter(AdminArea.named(words))
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(code__icontains=words)
            | Q(admin_area__in=places)
            | Q(admin_area__parent__in=places)
        )
    return rows.order_by("rank")


def surveyed_ground(actor: Actor, country: Country) -> list[BaseGeometry] | None:
    """Return ground that somebody has surveyed already, or None when nothing is known.

    It is the ground of confirmed, closed and released areas in the register: survey
    has been there. Suspected areas still wait for it. An actor who may not see every
    area of the country exactly gets None.
    """
    if not sees_all_outlines(actor, country):
        return None
    done = Q(kind=CHA) | Q(status__in=(STATUS_CLOSED, STATUS_RELEASED))
    rows = areas(actor).filter(done, country=country, geometry__isnull=False)
    shapes = [area.geometry for area in rows.only("geometry") if area.geometry]
    return shapes or None
