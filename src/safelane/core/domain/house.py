"""All parts together, and what they declare by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from safelane.core.domain.checks import check
from safelane.core.domain.declaration import (
    DataClass,
    DocumentKind,
    Domain,
    FileDoor,
    NavItem,
    PanelSource,
    Text,
)
from safelane.core.domain.errors import PartIncomplete

if TYPE_CHECKING:
    from safelane.core.collections.catalogue import Collection
    from safelane.core.history.shown import Subject
    from safelane.core.history.state import StateCheck
    from safelane.core.jobs.recurring import Recurring
    from safelane.exchange.kinds import ExportKind, ImportKind


@dataclass(frozen=True)
class House:
    """The parts in the order of the settings, checked against each other.

    Raises:
        PartsClash: Two parts claim the same name.
        PartIncomplete: A part does not declare what it must.
    """

    parts: tuple[Domain, ...]

    def __post_init__(self) -> None:
        check(self.parts)

    @cached_property
    def data_classes(self) -> Mapping[str, DataClass]:
        return {item.name: item for part in self.parts for item in part.data_classes}

    @cached_property
    def shareable(self) -> tuple[str, ...]:
        """Return the data classes that agreements may open."""
        return tuple(n for n, item in self.data_classes.items() if item.is_shareable)

    @cached_property
    def reports(self) -> frozenset[str]:
        return frozenset(name for part in self.parts for name in part.reports)

    @cached_property
    def said(self) -> Mapping[str, Text]:
        return {verb: text for part in self.parts for verb, text in part.said.items()}

    @cached_property
    def rule_subjects(self) -> tuple[str, ...]:
        return tuple(name for part in self.parts for name in part.rule_subjects)

    @cached_property
    def map_words(self) -> Mapping[str, Text]:
        kinds = (kind for part in self.parts for kind in part.map_kinds)
        return {key: text for kind in kinds for key, text in kind.words.items()}

    @cached_property
    def map_kinds(self) -> frozenset[str]:
        return frozenset(kind.name for part in self.parts for kind in part.map_kinds)

    @cached_property
    def navigation(self) -> tuple[NavItem, ...]:
        return tuple(item for part in self.parts for item in part.navigation)

    @cached_property
    def panels(self) -> tuple[PanelSource, ...]:
        return tuple(source for part in self.parts for source in part.panels)

    @cached_property
    def collections(self) -> Mapping[str, Collection]:
        return {item.name: item for part in self.parts for item in part.collections}

    @cached_property
    def imports(self) -> Mapping[str, ImportKind]:
        return {kind.name: kind for part in self.parts for kind in part.imports}

    @cached_property
    def exports(self) -> Mapping[str, ExportKind]:
        return {kind.name: kind for part in self.parts for kind in part.exports}

    @cached_property
    def documents(self) -> Mapping[str, DocumentKind]:
        return {kind.name: kind for part in self.parts for kind in part.documents}

    @cached_property
    def recurring(self) -> tuple[Recurring, ...]:
        return tuple(work for part in self.parts for work in part.recurring)

    @cached_property
    def subjects(self) -> Mapping[str, Subject]:
        return {name: s for part in self.parts for name, s in part.subjects.items()}

    @cached_property
    def state_checks(self) -> tuple[StateCheck, ...]:
        return tuple(check for part in self.parts for check in part.state_checks)

    @cached_property
    def file_doors(self) -> tuple[FileDoor, ...]:
        return tuple(door for part in self.parts for door in part.file_doors)


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
    _current[:] = [House(tuple(parts))]
    return _current[-1]


def read_parts(packages: Sequence[str]) -> list[Domain]:
    """Return the declaration in ``<package>/domain.py`` of each package.

    Raises:
        PartIncomplete: A package declares nothing.
    """
    return [_read(package) for package in packages]


def _read(package: str) -> Domain:
    place = f"{package}.domain"
    module = import_module(place) if find_spec(place) else None
    declared = getattr(module, "DOMAIN", None)
    if not isinstance(declared, Domain):
        raise PartIncomplete(f"{package}/domain.py must hold DOMAIN = Domain(…).")
    return declared
