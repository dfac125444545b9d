"""Reading history, only of records that the actor may see."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from safelane.core.history.models import Change


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


@dataclass(frozen=True, slots=True)
class FieldDifference:
    name: str
    before: Any
    after: Any


def differences(change: Change) -> list[FieldDifference]:
    """Return the fields that differ between before and after, by name."""
    before = json.loads(change.before) if change.before else {}
    after = json.loads(change.after) if change.after else {}
    names = sorted(before.keys() | after.keys())
    return [
        FieldDifference(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]
