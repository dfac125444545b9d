"""Comparing what tables hold with what the history says they must hold.

Each part declares one check per kind of record; core knows none of them by name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from safelane.core.history.chain import canonical_json
from safelane.core.history.models import Change

BATCH = 500
EMPTY: tuple[Any, ...] = (None, "", [], {})
Facts = dict[str, Any]
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that is not what the history says.

    Args:
        kind: ``altered``, ``removed``, ``inserted``; ``unchecked`` where nothing tells
            what a row must hold, ``object_type`` then naming rows of that kind.
        message: Names the record by its reference and says what differs; of one that
            is ``unchecked``, which of its facts and why.
    """

    kind: str
    object_type: str
    object_id: str
    message: str


@dataclass(frozen=True, slots=True)
class StateCheck:
    """How one kind of record is compared.

    Args:
        name: What is compared, as ``"<app>.<model>"``.
        covers: Models (``app.model``) whose rows the check accounts for, with every
            column but those of ``unchecked``.
        differences: Compares all rows; flat in memory, linear in their number.
        unchecked: Columns that nothing tells, of the first model covered -> why. The
            audit names them each time; docs/security/limits.md lists them all.
    """

    name: str
    covers: tuple[str, ...]
    differences: Callable[[], Iterator[Difference]]
    unchecked: Mapping[str, Text] = field(default_factory=dict)


def read_facts(text: str) -> Facts:
    """Return what a change holds of a record, before or after it.

    Raises:
        ValueError: It was altered, and is none of that; nor is what no page could show,
            such as one half of a letter.
    """
    try:
        found = json.loads(text) if text else {}
        if "\\ud" in text.lower():
            json.dumps(found, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError(text[:20]) from error
    if not isinstance(found, dict):
        raise ValueError(text[:20])
    return found


def merged(said: Facts, change: Change) -> Facts:
    """Return what a record must hold after one more change: later facts win."""
    return said | read_facts(change.after)


def in_chain(said: Facts, change: Change) -> Facts:
    """Return what a change says, with the organisation in whose chain it stands."""
    return merged(said, change) | {"chain": change.organisation_id}


def unchecked(model: type[models.Model], what: str) -> Difference:
    """Return that of a row of ``model`` nothing tells what it must hold.

    Args:
        what: The facts and why, such as "country, which …".
    """
    return Difference("unchecked", str(model._meta.verbose_name_plural), "", what)


def altered(row: Any, text: str, **said: object) -> Difference:
    """Return that a row is not what it must be.

    Args:
        text: What differs, with ``%(label)s`` where the row is named.
    """
    kind, key = row._meta.label_lower, str(getattr(row, "uid", row.pk))
    return Difference("altered", kind, key, text % {"label": label_of(row), **said})


@dataclass(frozen=True, slots=True)
class Kept:
    """How the rows of one model stand in the history.

    Args:
        object_type: As in the history.
        rows: All rows, with what ``facts`` reads of them.
        key: Name of the field that the history calls ``object_id``.
        facts: What a row holds now, in the words of the history.
        after: What a row must hold after one more change; see :func:`merged`.
        is_strict: A fact that the history names and the row lacks is a difference,
            not one that no column keeps; so is one that only the row states.
        lately: Facts that the history of before did not take in; where it is strict,
            none, nothing and not said are the same of these.
        beyond: What else differs in a row; takes what it compares out of what is said.
    """

    object_type: str
    rows: Callable[[], models.QuerySet[Any]]
    key: str
    facts: Callable[[Any], Mapping[str, Any]]
    after: Callable[[Facts, Change], Facts] = merged
    is_strict: bool = False
    lately: tuple[str, ...] = ()
    beyond: Callable[[Any, Facts], Iterable[Difference]] = lambda _row, _said: ()


def differences(kept: Kept) -> Iterator[Difference]:
    """Yield each row that was altered, put in or taken out behind the history."""
    for rows in batches(kept.rows().order_by("pk")):
        said = _said(kept, [str(getattr(row, kept.key)) for row in rows])
        for row in rows:
            yield from _compare(kept, row, said.get(str(getattr(row, kept.key))))
    yield from _removed(kept)


def batches(rows: models.QuerySet[Any]) -> Iterator[list[Any]]:
    """Yield rows ordered by key, some at a time."""
    last = None
    while True:
        found = list(rows.filter(pk__gt=last)[:BATCH] if last else rows[:BATCH])
        if not found:
            return
        yield found
        last = found[-1].pk


def _said(kept: Kept, keys: Sequence[str]) -> dict[str, Facts]:
    changes = Change.objects.filter(object_type=kept.object_type, object_id__in=keys)
    said: dict[str, Facts] = {}
    for change in in_order(changes):
        said[change.object_id] = kept.after(said.get(change.object_id, {}), change)
    return said


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Return changes by their number in a chain, and of several chains by time.

    Both are hashed, as the key of a row is not.
    """
    latest: dict[int, datetime] = {}
    found = []
    for change in sorted(changes, key=lambda row: row.seq):
        chain, when = change.organisation_id, change.server_time
        latest[chain] = max(when, latest.get(chain, when))
        found.append((latest[chain], change.seq, change.pk, change))
    return [row[-1] for row in sorted(found)]


def _compare(kept: Kept, row: Any, said: Facts | None) -> Iterator[Difference]:
    key, label = str(getattr(row, kept.key)), label_of(row)
    if said is None:
        why = _("%(label)s stands in no change: it was put in, or its history removed.")
        yield Difference("inserted", kept.object_type, key, why % {"label": label})
        return
    yield from kept.beyond(row, said)
    now = json.loads(canonical_json(kept.facts(row)))
    late = [name for name in kept.lately if _is_untold(kept, name, said, now)]
    if late:
        why = _("%(names)s, which the history did not take in at that time")
        yield unchecked(type(row), why % {"names": ", ".join(late)})
    names = sorted(
        name
        for name in said.keys() | now.keys()
        if name not in late and _differs(kept, name, said, now)
    )
    if names:
        why = _("%(label)s is not what the history says: %(names)s.")
        text = why % {"label": label, "names": ", ".join(names)}
        yield Difference("altered", kept.object_type, key, text)


def _is_untold(kept: Kept, name: str, said: Facts, now: Facts) -> bool:
    return name not in said and bool(now.get(name) or not kept.is_strict)


def _differs(kept: Kept, name: str, said: Facts, now: Facts) -> bool:
    if name in kept.lately and kept.is_strict:
        there, here = said.get(name), now.get(name)
        return bool((there or here) and there != here)
    if name in said and name in now:
        return bool(said[name] != now[name])
    return kept.is_strict and (name in said or now[name] not in EMPTY)


def label_of(row: models.Model) -> str:
    """Return how a person finds a record: kind and reference."""
    return f"{row._meta.verbose_name} {row}"


def _removed(kept: Kept) -> Iterator[Difference]:
    """Yield records of the history whose rows are gone."""
    changes = Change.objects.filter(object_type=kept.object_type).order_by("object_id")
    last = ""
    while True:
        after = changes.filter(object_id__gt=last)
        keys = list(after.values_list("object_id", flat=True).distinct()[:BATCH])
        if not keys:
            return
        found = kept.rows().filter(**{f"{kept.key}__in": keys})
        there = {str(key) for key in found.values_list(kept.key, flat=True)}
        for key in keys:
            if key not in there:
                yield Difference("removed", kept.object_type, key, _gone(kept, key))
        last = keys[-1]


def _gone(kept: Kept, key: str) -> str:
    changes = Change.objects.filter(object_type=kept.object_type, object_id=key)
    last = changes.order_by("server_time", "seq").last()
    return _("%(kind)s %(label)s was removed; the history still speaks of it.") % {
        "kind": kept.rows().model._meta.verbose_name,
        "label": last.object_label if last else key,
    }
