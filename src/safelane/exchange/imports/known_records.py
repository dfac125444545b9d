"""Rows on records that stand in the register: what they say anew, and what not.

A row names its record by our own key, in an export brought back, or by the identifier
that it has in another system. Nobody is told of records that are not open to who asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from safelane.core.bulk.many_values import among
from safelane.core.scope.precision import EXACTLY
from safelane.exchange.files.errors import ERROR, WARNING
from safelane.exchange.kinds import Complaint, Prepared

_SAME_DEGREES = 1e-7  # about a centimetre: what files round
_FURTHER = "extra"
# Rows are counted anew in each file; that two have one number says nothing.
_ROW_NUMBER = re.compile(r"\d{0,7}")


@dataclass(frozen=True)
class Standing:
    """The records of one kind that rows of an import may be.

    Args:
        records: Those of the organisation, with their ``precision``; none withdrawn.
        says: Claims -> what they state of their record, named as the record has it.
        day: Record -> its date of information.
    """

    records: QuerySet[Any]
    says: Callable[[Any], Mapping[str, Any]]
    day: Callable[[Any], date]


def drop_equal(prepared: Prepared, standing: Standing) -> None:
    """Leave out the rows of an own export that say what their records say."""
    known = _called(standing, "uid", map(str, prepared.keys.values()))
    for row, key in prepared.keys.items():
        item, record = prepared.items.get(row), known.get(str(key))
        if item and record and not _differences(item, record, standing):
            del prepared.items[row]
            prepared.unchanged += 1


def refuse_known_finds(prepared: Prepared, standing: Standing) -> None:
    """Take no find twice that has one identifier in its source.

    Further fields alone make no other find: the row is left out and says so.
    """
    of = {row: item.external_id for row, item in prepared.items.items()}
    known = _called(standing, "external_id", filter(is_identifier, of.values()))
    for row, item in list(prepared.items.items()):
        if (record := known.get(of[row])) is None:
            continue
        if _differences(item, record, standing) <= {_FURTHER}:
            text = _("“%(name)s” stands in the register; nothing of it is changed.")
            del prepared.items[row]
            prepared.unchanged += 1
            level = WARNING
        else:
            level, text = (
                ERROR,
                _(
                    "“%(name)s” stands in the register and says something else there. "
                    "Withdraw its report first if this row is right, or leave it out."
                ),
            )
        said = "known-find", text % {"name": of[row]}, level, "external_id"
        prepared.complaints.append(Complaint(row, *said, is_open=False))


class Identifiers:
    """What the identifiers of another system name, in the register and in one file."""

    def __init__(self) -> None:
        self._named: dict[str, str] = {}

    def refuse_others(self, prepared: Prepared, reports: QuerySet[Any]) -> None:
        """Refuse rows whose identifier names another record.

        Args:
            reports: Those of the organisation that are open to who asks, with the
                ``record_name`` of what they are about.
        """
        of = {
            row: item.external_id
            for row, item in prepared.items.items()
            if item.reference != item.external_id and is_identifier(item.external_id)
        }
        rows = reports.filter(among("external_id", sorted({*of.values()})))
        known = dict(rows.values_list("external_id", "record_name")) if of else {}
        for row, identifier in of.items():
            name = prepared.items[row].reference
            other = known.get(identifier) or self._named.setdefault(identifier, name)
            if other == name:
                continue
            text = _(
                "“%(identifier)s” is the identifier of “%(other)s”, and here it stands "
                "beside “%(name)s”. Correct the reference or the identifier; if it is "
                "the same one, keep its reference."
            )
            said = {"identifier": identifier, "other": other, "name": name}
            complaint = "identifier-taken", text % said, ERROR, "external_id"
            prepared.complaints.append(Complaint(row, *complaint, is_open=False))
        prepared.drop_faulty()


def is_identifier(text: str) -> bool:
    """Say whether a text names one record, and is not the number of a row."""
    return not _ROW_NUMBER.fullmatch(text)


def _called(standing: Standing, name: str, texts: Iterable[str]) -> dict[str, Any]:
    wanted = sorted({*texts})
    if not wanted:
        return {}
    named = Q(uid__in=wanted) if name == "uid" else among(name, wanted)
    rows = standing.records.filter(EXACTLY, named)
    return {str(getattr(row, name)): row for row in rows}


def _differences(item: Any, record: Any, standing: Standing) -> set[str]:
    """Return the names of what a row says otherwise than its record."""
    said = standing.says(item)
    found = {n for n, value in said.items() if not _same(value, getattr(record, n))}
    if standing.day(record) != item.date_of_information:
        found.add("date_of_information")
    return found


def _same(said: Any, known: Any) -> bool:
    if isinstance(said, BaseGeometry) and isinstance(known, BaseGeometry):
        one, other = said.normalize(), known.normalize()
        return bool(one.equals_exact(other, _SAME_DEGREES))
    if isinstance(said, dict) and isinstance(known, dict):
        return {**known, **said} == known
    return bool(said == known or (said in (None, "") and known in (None, "")))
