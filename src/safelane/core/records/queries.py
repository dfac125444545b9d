"""Reading plain records, at the precision of each row."""

from __future__ import annotations

from typing import Any

from safelane.core.facts import facts_of
from safelane.core.records.models import Record
from safelane.core.scope.precision import shown_facts


def published(row: Record) -> dict[str, Any]:
    """Return the facts of a row from ``visible_to`` as its reader may know them."""
    facts = facts_of(type(row))
    stated = {name: getattr(row, name) for name in facts}
    level = int(row.precision)  # type: ignore[attr-defined]
    return shown_facts(stated, facts, level)
