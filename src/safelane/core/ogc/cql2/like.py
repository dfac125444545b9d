"""CQL2 LIKE as a condition on rows, which no database tries again and again."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import CharField, Lookup, TextField

LONGEST = 200
_WILD = re.compile(r"(?:\\.)|([%_]{2,})", re.DOTALL)


def plain_pattern(pattern: str) -> str:
    """Return an equal pattern in which wildcards beside each other stand in order.

    ``%_%_`` is ``__%``: two characters or more. A lone escape at the end goes.
    """
    ordered = _WILD.sub(_in_order, pattern)
    ends = len(ordered) - len(ordered.rstrip("\\"))
    return ordered[:-1] if ends % 2 else ordered


def _in_order(found: re.Match[str]) -> str:
    run = found[1]
    if run is None:
        return found[0]
    return "_" * run.count("_") + "%" * ("%" in run)


class Like(Lookup[Any]):
    """``name__like``: a pattern with ``%`` and ``_``, escaped by a backslash."""

    lookup_name = "like"
    folded = 0
    operator = "LIKE"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        params = [*left_params, *right_params]
        if connection.vendor == "sqlite":
            return f"safelane_like({left}, {right}, {self.folded})", params
        return f"{left} {self.operator} {right}", params


class FoldedLike(Like):
    """``name__ilike``: the same, capitals and small letters being equal."""

    lookup_name = "ilike"
    folded = 1
    operator = "ILIKE"


def register() -> None:
    """Let conditions ask for patterns."""
    for field in (CharField, TextField):
        for lookup in (Like, FoldedLike):
            field.register_lookup(lookup)
