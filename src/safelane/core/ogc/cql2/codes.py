"""Lists of codes as the one text under which GIS sees and filters them."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, JSONField, Transform


class CodesText(Transform):
    """``["uxo", "axo"]`` as ``uxo, axo``: codes hold neither quotes nor brackets."""

    lookup_name = "codes"
    output_field = CharField()

    def as_sql(self, compiler: Any, connection: Any, *_how: Any, **_more: Any) -> Any:
        sql, params = compiler.compile(self.lhs)
        for mark in '[]"':
            sql = f"replace({sql}, '{mark}', '')"
        return sql, params

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        sql, params = compiler.compile(self.lhs)
        return in_postgresql(sql), params


def in_postgresql(sql: str) -> str:
    """Return SQL for the text of a ``jsonb`` list; it writes a blank after commas."""
    return f"translate(({sql})::text, '[]\"', '')"


def register() -> None:
    """Let conditions ask for the text: ``<field>__codes``."""
    JSONField.register_lookup(CodesText)
