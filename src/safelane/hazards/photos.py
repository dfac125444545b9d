"""Photos open with the evidence and the finds that they belong to."""

from __future__ import annotations

from django.db.models import Q

from safelane.core.scope import Actor, Precision
from safelane.hazards.models import Evidence, OrdnanceFound


def photos_of(actor: Actor) -> Q:
    """Return the filter on stored files: photos of finds that are shown exactly."""
    finds = Q()
    for model in (Evidence, OrdnanceFound):
        rows = model.objects.visible_to(actor).filter(precision=Precision.EXACT)
        finds |= Q(pk__in=rows.filter(photo__isnull=False).values("photo"))
    return finds
