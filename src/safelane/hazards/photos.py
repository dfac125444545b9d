"""Photos open with the evidence and the finds that they belong to."""

from __future__ import annotations

from django.db.models import Q

from safelane.core.scope import Actor, Precision
from safelane.hazards.models import Evidence, OrdnanceFound


def photos_of(actor: Actor) -> Q:
    """Return the filter on stored files: photos of finds that are shown exactly."""
    finds = Q()
    for model in (Evidence, OrdnanceFound):
        exact = Q(precision=Precision.EXACT, photo__isnull=False)
        rows = model.objects.visible_to(actor).filter(exact)
        finds |= Q(pk__in=rows.values("photo"))
    return finds
