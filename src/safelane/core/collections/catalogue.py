"""The collections that apps publish, for OGC API Features and for vector tiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from safelane.core.domain import house
from safelane.core.errors import NotFound
from safelane.core.facts import Coarse, Label, facts_of
from safelane.core.scope import Actor, Precision, ScopePolicy

FieldType = Literal[
    "string", "integer", "number", "boolean", "date", "date-time", "array", "json"
]


@dataclass(frozen=True, slots=True)
class CollectionField:
    """One property of a collection's features.

    Args:
        name: Name in answers, filters and tiles.
        type: JSON type, or ``date``, ``date-time``. An ``array`` of codes is shown as
            one text, ``a, b``, because tables of GIS have no lists; so is ``json``, an
            object, which cannot be filtered by.
        title: For people (translated).
        source: Lookup path from the row; the name when empty.
        coarse: What becomes of it on rows that may not be shown exactly: hidden,
            unless said otherwise; shown, or rounded to two significant digits.
        in_tiles: Whether vector tiles carry it.
    """

    name: str
    type: FieldType
    title: Label
    source: str = ""
    coarse: Coarse = "hide"
    in_tiles: bool = False

    @property
    def path(self) -> str:
        return self.source or self.name

    @property
    def is_text(self) -> bool:
        return self.type in ("string", "array")

    @property
    def condition_path(self) -> str:
        """Return the path under which conditions compare what is shown."""
        return f"{self.path}__codes" if self.type == "array" else self.path


@dataclass(frozen=True, slots=True)
class Collection:
    """What one app publishes under one name; ``uid`` names a feature to the outside.

    Args:
        queryset: ``(actor, query) -> rows`` in the actor's scope; ``query`` holds
            filters of a query string that the app understands, or nothing.
        datetime: Lookup path of the date or moment for the ``datetime`` parameter.
        policy: Says how exactly rows may be shown; None means exactly.
        verb: What an actor must be allowed; default ``<data class>.view``.
        takes_moment: ``query`` may hold ``as_of`` and ``known_at``; the others tell
            what is known now and refuse to be asked of the past.
        narrowed_by: Names that ``query`` may hold besides.
        tiled: Rows of its vector tiles, where those are more than its features: GIS
            programs draw one kind of shape in a layer, so the others have a collection
            of their own.
    """

    name: str
    title: Label
    queryset: Callable[[Actor, Mapping[str, Any]], QuerySet[Any]]
    fields: tuple[CollectionField, ...]
    description: Label = ""
    datetime: str = ""
    policy: type[ScopePolicy] | None = None
    verb: str = ""
    takes_moment: bool = False
    narrowed_by: frozenset[str] = frozenset()
    tiled: Callable[[Actor, Mapping[str, Any]], QuerySet[Any]] | None = None
    by_name: Mapping[str, CollectionField] = field(init=False)

    def __post_init__(self) -> None:
        named = {item.name: item for item in self.fields}
        object.__setattr__(self, "by_name", named)

    def type_of(self, path: str) -> FieldType:
        """Return the type of the property that is read from ``path``."""
        return next((f.type for f in self.fields if f.path == path), "date-time")

    @property
    def needed(self) -> str:
        """Return the verb without which nothing of it is seen; "" when it is open."""
        return self.verb or (self.policy.verb("view") if self.policy else "")

    def is_exact(self, actor: Actor) -> bool:
        """Say whether every row that ``actor`` sees may be shown exactly."""
        return self.policy is None or (self.policy.coarsest(actor) == Precision.EXACT)


def collections_for(actor: Actor) -> list[Collection]:
    """Return the collections of which ``actor`` may see something, by name."""
    every = sorted(house().collections.values(), key=lambda each: each.name)
    return [each for each in every if not each.needed or actor.may(each.needed)]


def collection_for(name: str, actor: Actor) -> Collection:
    """Return one collection.

    Raises:
        NotFound: There is none of this name.
        SignInNeeded, NotPermitted: The actor may see nothing of it.
    """
    collection = house().collections.get(name)
    if collection is None:
        raise NotFound(_("There is no collection “%(name)s”.") % {"name": name})
    if collection.needed:
        actor.require(collection.needed)
    return collection


TYPES: dict[type[models.Field[object, object]], FieldType] = {
    models.BooleanField: "boolean",
    models.IntegerField: "integer",
    models.FloatField: "number",
    models.DateTimeField: "date-time",  # before DateField, from which it comes
    models.DateField: "date",
    models.JSONField: "array",
}


def type_of(field: models.Field[object, object]) -> FieldType:
    """Return the JSON type of what a model's field holds."""
    if getattr(field, "default", None) is dict:
        return "json"
    return next((t for kind, t in TYPES.items() if isinstance(field, kind)), "string")


def fields_of(model: type[models.Model], **sources: str) -> tuple[CollectionField, ...]:
    """Return the facts that a model publishes, in the order of their declaration.

    Args:
        sources: Fact -> lookup path, where the rows carry it under another name.
    """
    facts, found = facts_of(model), []
    for fact in facts.values():
        if fact.published or fact.tile:
            kind, coarse = type_of(facts.field(fact.name)), fact.coarse
            # The database rounds numbers only: what it cannot round is hidden.
            if coarse == "round" and kind not in ("number", "integer"):
                coarse = "hide"
            source = sources.get(fact.name, fact.path)
            title = facts.name_of(fact.name)
            found.append(
                CollectionField(fact.name, kind, title, source, coarse, fact.tile)
            )
    return tuple(found)
