"""What conditions ask of the database: LIKE, and lists of codes as one text."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import CharField, JSONField, Lookup, TextField, Transform

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


class Like(Lookup):
    """``name__like``: a pattern with ``%`` and ``_``, escaped by a backslash.

    No database tries it again and again.
    """

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


class CodesText(Transform):
    """``["uxo", "axo"]`` as ``uxo, axo``, as GIS sees codes: they hold no marks."""

    lookup_name = "codes"
    output_field = CharField()

    def as_sql(self, compiler: Any, connection: Any, *_how: Any, **_more: Any) -> Any:
        sql, params = compiler.compile(self.lhs)
        for mark in '[]" ':  # whether written with blanks after commas or without
            sql = f"replace({sql}, '{mark}', '')"
        return f"replace({sql}, ',', ', ')", params

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        sql, params = compiler.compile(self.lhs)
        return in_postgresql(sql), params


def in_postgresql(sql: str) -> str:
    """Return SQL for the text of a ``jsonb`` list; it writes a blank after commas."""
    return f"translate(({sql})::text, '[]\"', '')"


def register() -> None:
    """Let conditions ask for patterns, and for codes: ``<field>__codes``."""
    for field in (CharField, TextField):
        for lookup in (Like, FoldedLike):
            field.register_lookup(lookup)
    JSONField.register_lookup(CodesText)
