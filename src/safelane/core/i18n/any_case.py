"""Search without capitals in every alphabet, equally on SQLite and PostgreSQL.

SQLite folds the case of ASCII letters only, and neither knows that Azerbaijani İ and ı
are the letters that others write I and i.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.fields.json import KeyTransform, KeyTransformIContains
from django.db.models.lookups import IContains


class _InAnyCase:
    """Words of other alphabets are compared folded; ASCII is left to the database.

    Not where it holds an i: that stands for İ and ı as well.
    """

    rhs: Any

    def _is_plain(self) -> bool:
        return str(self.rhs).isascii() and "i" not in str(self.rhs).lower()

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = self.as_sql(compiler, connection)  # type: ignore[attr-defined]
        if self._is_plain():
            return sql, params
        left, right = sql.rsplit(" LIKE ", 1)
        if str(self.rhs).isascii():
            left = f"replace(replace({left}, 'İ', 'i'), 'ı', 'i')"
            return f"{left} LIKE {right}", params
        pattern, escape = right.split(" ESCAPE ", 1)
        folded = f"safelane_folded({left}) LIKE safelane_folded({pattern})"
        return f"{folded} ESCAPE {escape}", params

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = self.as_sql(compiler, connection)  # type: ignore[attr-defined]
        if self._is_plain():
            return sql, params
        left, right = sql.rsplit(" LIKE ", 1)
        return f"replace({left}, 'İ', 'I') LIKE replace({right}, 'İ', 'I')", params


class InAnyCase(_InAnyCase, IContains):
    """``icontains`` of texts."""


class KeyInAnyCase(_InAnyCase, KeyTransformIContains):  # type: ignore[misc]
    """``icontains`` of one value in a column of JSON."""


def register() -> None:
    """Take the place of Django's lookups of these names."""
    for field in (models.CharField, models.TextField):
        field.register_lookup(InAnyCase, "icontains")
    KeyTransform.register_lookup(KeyInAnyCase, "icontains")
