"""Reading history, only of records that the actor may see."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.bulk.many_values import among
from safelane.core.domain import house
from safelane.core.history.models import ChainHead, Change
from safelane.core.history.state import Facts, read_facts
from safelane.core.scope import EVERYTHING, NOTHING, Actor


def changes_of(object_type: str, object_ids: Iterable[object]) -> QuerySet[Change]:
    """Return the changes of records that the caller has already fetched in scope."""
    ids = [str(i) for i in object_ids]
    return Change.objects.filter(object_type=object_type, object_id__in=ids).order_by(
        "-server_time", "-seq"
    )


def changes_in_chains(organisation_ids: Iterable[int]) -> QuerySet[Change]:
    """Return the chains of organisations that the caller found to be in scope."""
    rows = Change.objects.filter(organisation_id__in=list(organisation_ids))
    return rows.order_by("-server_time", "-seq")


def last_change(organisation_id: int) -> int:
    """Return the number of the newest change of a chain; 0 of one without any."""
    heads = ChainHead.objects.filter(organisation_id=organisation_id)
    return heads.values_list("seq", flat=True).first() or 0


def changed_since(organisation_id: int, number: int, object_type: str) -> list[str]:
    """Return which records of a kind a chain has told of behind one of its changes."""
    rows = Change.objects.filter(organisation_id=organisation_id, seq__gt=number)
    keys = rows.filter(object_type=object_type).values_list("object_id", flat=True)
    return sorted({*keys})


STAGE_AT = "stage_at"  # for the audit; people read the time of the change


@dataclass(frozen=True, slots=True)
class FieldDifference:
    name: str
    before: Any
    after: Any


def told_facts(text: str) -> Facts:
    """Return what a change holds, to be shown; one fact says that it was altered."""
    try:
        return read_facts(text)
    except ValueError:
        return {"?": _("This cannot be read: it was altered outside Safelane.")}


def differences(change: Change) -> list[FieldDifference]:
    """Return the fields that differ between before and after, by name."""
    before, after = told_facts(change.before), told_facts(change.after)
    names = sorted((before.keys() | after.keys()) - {STAGE_AT})
    return [
        FieldDifference(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


BATCH = 500
Rows = Callable[[Actor], Q]


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of record of the history, and who may read what was written of it.

    Args:
        model: Its rows; None where the history names none, and ``rows`` then answers
            with everything or nothing.
        rows: The rows of which an actor sees every fact exactly.
        key: Field that the history calls ``object_id``.
        parts: Facts in the history that are rows of another kind -> the records of
            which an actor sees those exactly.
    """

    model: type[models.Model] | None
    rows: Rows
    key: str = "uid"
    parts: Mapping[str, Rows] = field(default_factory=dict)


Subjects = Mapping[str, Subject]


def if_may(*verbs: str) -> Rows:
    """Return the rule that opens every row of a kind to whoever may do one thing."""

    def rows(actor: Actor) -> Q:
        return EVERYTHING if any(actor.may(verb) for verb in verbs) else NOTHING

    return rows


def shown(changes: Iterable[Change], actor: Actor, subjects: Subjects) -> list[Change]:
    """Return copies of changes that hold only what the actor may read.

    Each has ``is_open``; a kind that no part declares stays closed.
    """
    found = list(changes)
    keys: dict[str, set[str]] = defaultdict(set)
    for change in found:
        keys[change.object_type].add(change.object_id)
    opened = {
        name: _open_keys(subjects[name], sorted(ids), actor)
        for name, ids in keys.items()
        if name in subjects
    }
    return [_copy(change, opened.get(change.object_type, {})) for change in found]


def only_open(
    rows: QuerySet[Change], actor: Actor, subjects: Subjects
) -> QuerySet[Change]:
    """Return the changes among ``rows`` whose record is open to the actor."""
    found = Q()
    named = rows.order_by().values_list("object_type", "object_id").distinct()
    keys: dict[str, list[str]] = defaultdict(list)
    for kind, key in named.iterator(chunk_size=2_000):
        keys[kind].append(key)
    for kind, ids in keys.items():
        if kind in subjects:
            opened = _open_keys(subjects[kind], ids, actor)[""]
            found |= Q(among("object_id", sorted(opened)), object_type=kind)
    return rows.filter(found) if found else rows.none()


def _open_keys(
    subject: Subject, keys: Sequence[str], actor: Actor
) -> dict[str, set[str]]:
    """Return the keys that are open: under "" as a whole, else the part by name."""
    rules = {"": subject.rows, **subject.parts}
    return {name: _matching(subject, keys, rule(actor)) for name, rule in rules.items()}


def _matching(subject: Subject, keys: Sequence[str], rows: Q) -> set[str]:
    if rows in (EVERYTHING, NOTHING) or subject.model is None:
        return set(keys) if rows == EVERYTHING else set()
    found: set[str] = set()
    for start in range(0, len(keys), BATCH):
        named = {f"{subject.key}__in": keys[start : start + BATCH]}
        chosen = subject.model._base_manager.filter(rows, **named)
        found |= {str(key) for key in chosen.values_list(subject.key, flat=True)}
    return found


def _copy(change: Change, opened: Mapping[str, set[str]]) -> Change:
    told: Any = copy(change)
    told.is_open = change.object_id in opened.get("", ())
    if not told.is_open:
        told.object_id = told.object_label = told.reason = ""
        told.before = told.after = ""
        return told  # type: ignore[no-any-return]
    closed = {n for n, keys in opened.items() if n and change.object_id not in keys}
    told.before, told.after = (_without(t, closed) for t in (told.before, told.after))
    return told  # type: ignore[no-any-return]


def _without(text: str, names: set[str]) -> str:
    if not text or not names:
        return text
    facts = told_facts(text)
    return json.dumps({n: v for n, v in facts.items() if n not in names})


REPORT_STEPS: Mapping[str, str | Promise] = {
    "create": gettext_lazy("wrote the report"),
    "update": gettext_lazy("changed the draft"),
    "register": gettext_lazy("registered the report from an earlier register"),
    "submit": gettext_lazy("submitted the report"),
    "check_operator": gettext_lazy("checked the report for the operator"),
    "check_operations": gettext_lazy("checked the report for operations"),
    "approve": gettext_lazy("approved the report"),
    "reject": gettext_lazy("rejected the report"),
    "rework": gettext_lazy("took the report up again"),
    "withdraw": gettext_lazy("withdrew the report"),
    "withdraw_approved": gettext_lazy("withdrew the approved report"),
}


def said(verb: str) -> str:
    """Return what a verb of the history says, in the reader's language.

    Exports are named after what they hold; a verb from a newer version of the program
    stands as it is written.
    """
    name, _dot, step = verb.rpartition(".")
    words = house().said.get(verb)
    if words is None and name in house().reports:
        words = REPORT_STEPS.get(step)
    if words is not None:
        return str(words)
    return _("exported records") if step == "export" else verb
