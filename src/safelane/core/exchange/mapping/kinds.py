"""Kinds of record that other apps offer for import, beside those of the register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from safelane.core.domain import house
from safelane.core.exchange.mapping.intake import Intake
from safelane.core.exchange.mapping.targets import Target


@dataclass(frozen=True, slots=True)
class ImportKind:
    """One kind of record, and how its rows come in.

    Such a file is read whole, since several rows may tell of one record.

    Attributes:
        verb: What a role must allow to bring rows in.
        approve_verb: Who may do this as well takes rows over as approved.
        target: Country pack -> fields with the codes in force.
        intake: Import run -> its way in.
        page: URL name of the list in which the records stand afterwards.
        sealed: Fields that are kept sealed: pages do not show their columns, and only
            the person who brought the file sees the import.
    """

    name: str
    label: str | Promise
    verb: str
    approve_verb: str
    target: Callable[[Any], Target]
    intake: Callable[[Any], Intake]
    page: str
    sealed: frozenset[str] = frozenset()


def kind_of(name: str) -> ImportKind | None:
    """Return the kind that another app offers under a name."""
    return house().imports.get(name)


def offered() -> tuple[ImportKind, ...]:
    """Return all kinds that other apps offer."""
    return tuple(house().imports.values())
