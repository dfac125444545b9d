"""What the country structure publishes by OGC API Features and tiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from safelane.core.ogc.registry import Collection, CollectionField
from safelane.core.scope import Actor
from safelane.organisations.models import AdminArea, Place

Query = Mapping[str, Any]
COUNTRY = CollectionField("country", "string", _("country"), source="country__code")


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
        fields=(
            CollectionField("name", "string", _("name"), in_tiles=True),
            CollectionField("level", "integer", _("level"), in_tiles=True),
            CollectionField("code", "string", _("official code"), in_tiles=True),
            CollectionField("part_of", "string", _("part of"), source="parent__name"),
            CollectionField("source", "string", _("source and licence")),
            COUNTRY,
        ),
    ),
    Collection(
        name="places",
        title=_("Places"),
        queryset=_places,
        verb="area.view",
        fields=(
            CollectionField("name", "string", _("name"), in_tiles=True),
            CollectionField("kind", "string", _("kind"), in_tiles=True),
            CollectionField("code", "string", _("official code")),
            CollectionField("population", "integer", _("population")),
            CollectionField("source", "string", _("source and licence")),
            COUNTRY,
        ),
    ),
)
