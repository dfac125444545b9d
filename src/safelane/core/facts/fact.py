"""What is declared of one fact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

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
        synonyms: Other systems' and languages' names of its column, with commas.
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
