"""What the country structure publishes by OGC API Features and tiles."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.collections import Collection, fields_of
from safelane.core.facts import Label
from safelane.organisations.models import AdminArea, Place


def _open(name: str, title: Label, model: type[AdminArea | Place]) -> Collection:
    """Return a collection of which everybody with ``area.view`` sees all."""
    return Collection(
        name=name,
        title=title,
        queryset=lambda actor, query: model.objects.all(),
        verb="area.view",
        fields=fields_of(model),
    )


COLLECTIONS = (
    _open("admin-areas", _("Admin areas"), AdminArea),
    _open("places", _("Places"), Place),
)
