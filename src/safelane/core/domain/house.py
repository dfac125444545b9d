"""All parts together, and what they declare by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from itertools import chain
from typing import Protocol, TypeVar

from safelane.core.domain.checks import PartIncomplete, check
from safelane.core.domain.declaration import Domain, Text


class Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T")
N = TypeVar("N", bound=Named)
Said = Callable[[Domain], Iterable[T]]


def _all(said: Said[T]) -> cached_property[tuple[T, ...]]:
    """Make a property of what all parts say, in their order."""
    return cached_property(
        lambda house: (*chain.from_iterable(map(said, house.parts)),)
    )


def _by_name(said: Said[N]) -> cached_property[Mapping[str, N]]:
    """Make a property of what all parts say, by its name."""
    return cached_property(
        lambda house: {item.name: item for part in house.parts for item in said(part)}
    )


def _joined(said: Callable[[Domain], Mapping[str, T]]) -> cached_property[dict[str, T]]:
    """Make a property of the mappings of all parts in one."""
    return cached_property(
        lambda house: {k: v for part in house.parts for k, v in said(part).items()}
    )


class House:
    """The parts in the order of the settings, checked against each other.

    Raises:
        PartsClash: Two parts claim the same name.
        PartIncomplete: A part does not declare what it must.
    """

    data_classes = _by_name(lambda part: part.data_classes)
    reports = _all(lambda part: part.reports)
    said = _joined(lambda part: part.said)
    rule_subjects = _all(lambda part: part.rule_subjects)
    map_kinds = _by_name(lambda part: part.map_kinds)
    navigation = _all(lambda part: part.navigation)
    panels = _all(lambda part: part.panels)
    collections = _by_name(lambda part: part.collections)
    imports = _by_name(lambda part: part.imports)
    exports = _by_name(lambda part: part.exports)
    documents = _by_name(lambda part: part.documents)
    recurring = _all(lambda part: part.recurring)
    subjects = _joined(lambda part: part.subjects)
    state_checks = _all(lambda part: part.state_checks)
    file_doors = _all(lambda part: part.file_doors)

    def __init__(self, parts: Sequence[Domain]) -> None:
        self.parts = tuple(parts)
        check(self.parts)

    @cached_property
    def shareable(self) -> tuple[str, ...]:
        """Return the data classes that agreements may open."""
        return tuple(n for n, item in self.data_classes.items() if item.is_shareable)

    @cached_property
    def map_words(self) -> Mapping[str, Text]:
        kinds = self.map_kinds.values()
        return {key: text for kind in kinds for key, text in kind.words.items()}


_current: list[House] = []


def house() -> House:
    """Return the parts of this process.

    Raises:
        RuntimeError: Django has not started.
    """
    if not _current:
        raise RuntimeError("The parts are known once django.setup() has run.")
    return _current[-1]


def move_in(parts: Sequence[Domain]) -> House:
    """Make ``parts`` the parts of this process.

    Raises:
        PartsClash, PartIncomplete: As :class:`House`.
    """
    _current[:] = [House(parts)]
    return _current[-1]


def read_parts(packages: Sequence[str]) -> list[Domain]:
    """Return the declaration in ``<package>/domain.py`` of each package.

    Raises:
        PartIncomplete: A package declares nothing.
    """
    found = []
    for package in packages:
        place = f"{package}.domain"
        module = import_module(place) if find_spec(place) else None
        declared = getattr(module, "DOMAIN", None)
        if not isinstance(declared, Domain):
            raise PartIncomplete(f"{package}/domain.py must hold DOMAIN = Domain(…).")
        found.append(declared)
    return found
