"""What the country structure publishes by OGC API Features and tiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from safelane.core.collections import Collection, fields_of
from safelane.core.scope import Actor
from safelane.organisations.models import AdminArea, Place

Query = Mapping[str, Any]


def _areas(actor: Actor, query: Query) -> QuerySet[Any]:
    return AdminArea.objects.all()


def _places(actor: Actor, query: Query) -> QuerySet[Any]:
    return Place.objects.all()


COLLECTIONS = (
    Collection(
        name="admin-areas",
        title=_("Admin areas"),
        queryset=_areas,
        verb="area.view",
        fields=fields_of(AdminArea),
    ),
    Collection(
        name="places",
        title=_("Places"),
        queryset=_places,
        verb="area.view",
        fields=fields_of(Place),
    ),
)
