"""Rows beside reports that have a number within their record, such as persons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput
from safelane.core.review import stages
from safelane.core.review.kind import ReportKind
from safelane.core.scope import Actor, Precision

Told = tuple[int, tuple[Any, ...]]


def numbered(
    kind: ReportKind[Any, Any],
    report: Any,
    rows: Sequence[Any],
    model: Any,
    traits: Sequence[str],
    unstated: Sequence[Any],
    *,
    by: Actor,
) -> list[Any]:
    """Give a number to each row of a saved report that has none.

    Where others on the record are out of the actor's sight, each needs its number,
    whatever it says: what is taken and what is not would tell of them.

    Args:
        rows: Each with its ``number``, 0 without one, and ``facts``.
        model: Of such rows, as other reports on the record tell of them.
        traits: Facts by which a row is known again; the last one may change.
        unstated: Values that state nothing.

    Raises:
        InvalidInput: Nobody can tell whether a row is one that is known.
    """
    if all(row.number for row in rows):
        return list(rows)
    others = _others(kind, report, model)

    def stated(values: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(None if value in unstated else value for value in values)

    exact = model.objects.visible_to(by).filter(precision=Precision.EXACT)
    is_hidden = others.exclude(pk__in=exact.values("pk")).exists()
    known = others.order_by("pk").values_list("number", *traits)
    numbers = numbers_of(
        [(row.number, stated(map(row.facts.get, traits))) for row in rows],
        ((number, stated(values)) for number, *values in known),
    )
    if is_hidden or 0 in numbers:
        said = _(
            "A %(row)s without a number may be one that is known already, or a further "
            "one: nobody can tell. Give each %(row)s of this %(record)s its number."
        )
        named = {"row": model._meta.verbose_name, "record": kind.record_name}
        raise InvalidInput(said % named, field="number")
    return [replace(row, number=n) for row, n in zip(rows, numbers, strict=True)]


def known_by_others(
    kind: ReportKind[Any, Any], report: Any, model: Any
) -> dict[int, Any]:
    """Return number -> the row that holds by the other approved reports on a record."""
    if (record := kind.record_of(report)) is None:
        return {}
    held = {kind.record: record, "report__stage": stages.APPROVED}
    order = "report__date_of_information", "-report__approved_at"
    rows = model.objects.filter(**held).exclude(report=report).order_by(*order)
    return {row.number: row for row in rows}


def other_persons(
    rows: Iterable[Any],
    known: Mapping[int, Any],
    near: Mapping[str, int],
    unstated: Sequence[Any],
) -> Iterator[tuple[Any, Any]]:
    """Yield each row, and the known one of its number, of which it says another thing.

    Args:
        known: Number -> row.
        near: Trait -> how far numbers may lie apart; 0 is the same.
    """
    for row in rows:
        other = known.get(row.number, row)
        for name, span in near.items():
            told = {getattr(one, name) for one in (row, other)} - {*unstated, None}
            if len(told) == 2 and not (span and max(told) - min(told) <= span):
                yield row, other
                break


def numbers_beside(name: str, report: Any) -> dict[str, list[int]]:
    """Name the rows of a relation by number: no person stands in the history."""
    rows = getattr(report, name).order_by("number")
    return {name: list(rows.values_list("number", flat=True))}


def _others(kind: ReportKind[Any, Any], report: Any, model: Any) -> Any:
    """Return the rows of other reports on a record, also of those that propose it."""
    record = kind.record_of(report)
    reference = (record or report).reference
    same = Q(**{kind.record: record}) if record else Q(pk__in=())
    same |= Q(**{kind.record: None}, report__reference=reference)
    return model.objects.exclude(report=report).filter(
        same,
        report__organisation=report.organisation,
        report__stage__in=(stages.APPROVED, *stages.WAITING),
    )


def numbers_of(told: Sequence[Told], known: Iterable[Told]) -> list[int]:
    """Return the number of each row: its own, that of its like, or the next one.

    A row without a number (0) is a known one where all traits are stated and agree, and
    no other row is that one. It stays 0 where it may be a known one, of which another
    report says less, or another last trait: nobody can tell. Else it is a further one.

    Args:
        told: Number and traits of each row of a report; None is a trait not stated. The
            last trait is what may change.
        known: The same of the rows of other reports on the record.
    """
    numbers = [number for number, _traits in told]
    others = list(known)
    last = max([0, *numbers, *(number for number, _traits in others)])
    for i, (number, traits) in enumerate(told):
        alike = (n for n, t in others if t == traits and n not in numbers)
        if not number and None not in traits:
            numbers[i] = next(alike, 0)
    left = [traits for number, traits in others if number not in numbers]
    for i, (_number, traits) in enumerate(told):
        if not numbers[i] and not any(_may_be(traits, other) for other in left):
            numbers[i] = last = last + 1
    return numbers


def _may_be(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    pairs = zip(one[:-1], other[:-1], strict=True)
    return all(a == b or None in (a, b) for a, b in pairs)
