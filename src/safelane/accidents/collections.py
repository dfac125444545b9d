"""Accidents for OGC API Features and vector tiles, without victims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from safelane.accidents.filters import AccidentFilter
from safelane.accidents.models import Accident
from safelane.accidents.policies import AccidentPolicy
from safelane.accidents.queries import accidents
from safelane.core.ogc.registry import Collection, CollectionField
from safelane.core.scope import Actor


def _rows(actor: Actor, query: Mapping[str, Any]) -> QuerySet[Accident]:
    return accidents(actor, AccidentFilter.parse(query))


COLLECTION = Collection(
    name="accidents",
    title=_("Accidents"),
    description=_("Accidents with explosive ordnance, without victims."),
    queryset=_rows,
    fields=(
        CollectionField("reference", "string", _("Reference")),
        CollectionField("kind", "string", _("Type"), in_tiles=True),
        CollectionField("cause", "string", _("Cause")),
        CollectionField("activity", "string", _("Activity")),
        CollectionField("ordnance_category", "string", _("Ordnance")),
        CollectionField(
            "occurred_on", "date", _("Date of the accident"), coarse="hide"
        ),
    ),
    # No "datetime": a day is finer than what coarse rows show, the year.
    policy=AccidentPolicy,
)
