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
from safelane.core.collections import Collection, fields_of
from safelane.core.scope import Actor


def _rows(actor: Actor, query: Mapping[str, Any]) -> QuerySet[Accident]:
    return accidents(actor, AccidentFilter.parse(query))


COLLECTION = Collection(
    name="accidents",
    title=_("Accidents"),
    description=_("Accidents with explosive ordnance, without victims."),
    queryset=_rows,
    fields=fields_of(Accident),
    # No "datetime": a day is finer than what coarse rows show, the year.
    policy=AccidentPolicy,
)
