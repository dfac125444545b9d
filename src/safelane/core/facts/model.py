"""The facts of a model: declarations together with the fields that they speak of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, Protocol

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from safelane.core.facts.fact import Coarse, Fact, Label
from safelane.core.geo.measure import Bounds

Choices = list[tuple[str, str]]


class Pack(Protocol):
    """What facts ask of a country's pack."""

    @property
    def bounds(self) -> Bounds: ...

    def choices(self, name: str, on: date | None = None) -> Choices: ...

    def label(self, name: str, code: str) -> str: ...


class Facts(Mapping[str, Fact]):
    """Name -> fact of one model, in the order of the declaration.

    A name that is not declared is hidden from coarse readers.
    """

    def __init__(self, model: type[models.Model], declared: tuple[Fact, ...]) -> None:
        self.model = model
        self._facts = {fact.name: fact for fact in declared}
        if len(self._facts) != len(declared):
            raise ValueError(f"{model.__name__} declares a fact twice")

    def __getitem__(self, name: str) -> Fact:
        return self._facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def coarse(self, name: str) -> Coarse:
        """Say what a reader sees of a fact who may not know the place exactly."""
        fact = self._facts.get(name)
        return fact.coarse if fact is not None else "hide"

    def field(self, name: str) -> models.Field[Any, Any]:
        """Return the field that holds a fact, followed through its lookup path."""
        model: Any = self.model
        fact = self._facts.get(name)
        path = (fact.path if fact else "") or name
        *relations, last = path.split("__")
        for relation in relations:
            model = model._meta.get_field(relation).related_model
        found: models.Field[Any, Any] = model._meta.get_field(last)
        return found

    def name_of(self, name: str) -> Label:
        """Return what a fact is called within a sentence."""
        fact = self._facts.get(name)
        return (fact.label if fact else "") or self.field(name).verbose_name

    def label(self, name: str) -> str:
        """Return what a fact is called where it stands by itself."""
        fact = self.told_as(name)
        label = str(capfirst(str(self.name_of(fact.name))))
        return label if fact.name == name else _("%(fact)s (year)") % {"fact": label}

    def told_as(self, name: str) -> Fact:
        """Return the fact that is told under a name: its own, or the rounded one."""
        if name in self._facts:
            return self._facts[name]
        rounded = (fact for fact in self._facts.values() if fact.rounded == name)
        return next(rounded, Fact(name))


@cache
def facts_of(model: type[models.Model]) -> Facts:
    """Return the facts that a model declares in its attribute ``declares``."""
    return Facts(model, getattr(model, "declares", ()))
