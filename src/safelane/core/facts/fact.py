"""What is declared of one fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal, Protocol

from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from safelane.core.geo.measure import Bounds

Coarse = Literal["show", "hide", "round"]
Group = Literal["main", "further", ""]
Unit = Literal["", "m2"]
Files = Literal["both", "out", "none"]
Label = str | Promise


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a model; type, length and name come from the model's field.

    Attributes:
        name: Of the model's field, and in files, answers, filters and tiles.
        coarse: What a reader sees who may not know the place exactly: the fact as it
            is, nothing, or the fact rounded: a number to two digits, a date to its
            year, a place to its published cell. Hidden unless said otherwise.
        codes: Code list of the country pack that holds its values.
        several: It holds a list of codes.
        group: Where it stands on the form of a report; empty: on none.
        long: Written in several lines.
        least, most: Limits of a number.
        help: Sentence below the field of the form.
        leader: Fact without which it says nothing, such as the status of its reason.
        required: A row of a file without it is at fault.
        computed: Nobody states it; it follows from another fact.
        filter: Name under which lists are filtered by its codes; empty: not at all.
        published: OGC API Features knows it as a property.
        tile: So it does, and vector tiles carry it.
        files: Whether files bring it in and take it out, only take it out, or neither.
        synonyms: Other systems' and languages' names of its column, with commas; of
            several columns in a file the one with the first name is taken.
        label: Instead of the name of the model's field.
        path: Lookup path from the row where it is no field of the model itself.
        rounded: Name under which its rounded value is told; its own name when empty.
        unit: Of a number that is told in words with its unit.
        words: Its values in words, where these belong to no country's code list.
    """

    name: str
    coarse: Coarse = "hide"
    codes: str = ""
    several: bool = False
    group: Group = ""
    long: bool = False
    least: float | None = None
    most: float | None = None
    help: Label = ""
    leader: str = ""
    required: bool = False
    computed: bool = False
    filter: str = ""
    published: bool = False
    tile: bool = False
    files: Files = "both"
    synonyms: str = ""
    label: Label = ""
    path: str = ""
    rounded: str = ""
    unit: Unit = ""
    words: tuple[tuple[str, Label], ...] = ()

    @property
    def other_names(self) -> tuple[str, ...]:
        """Return the synonyms one by one."""
        return tuple(n for part in self.synonyms.split(",") if (n := part.strip()))


def lists(facts: Iterable[Fact]) -> dict[str, str]:
    """Return fact -> code list, for the facts that hold codes."""
    return {fact.name: fact.codes for fact in facts if fact.codes}


def followers(facts: Iterable[Fact]) -> dict[str, tuple[str, ...]]:
    """Return leader -> the facts that are taken over only together with it."""
    found: dict[str, tuple[str, ...]] = {}
    for fact in facts:
        if fact.leader:
            found[fact.leader] = (*found.get(fact.leader, ()), fact.name)
    return found


Choices = list[tuple[str, str]]


class Pack(Protocol):
    """What facts ask of a country's pack."""

    @property
    def bounds(self) -> Bounds: ...

    def choices(self, name: str, on: date | None = None) -> Choices: ...

    def codes(self, name: str, on: date | None = None) -> Sequence[Any]: ...

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

    def holds_days(self, name: str) -> bool:
        """Say whether a fact, declared or not, is a day."""
        return name in self and isinstance(self.field(name), models.DateField)

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
