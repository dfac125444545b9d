"""Very many values: looked up at once, or gone through in lots."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db.models import CharField, Lookup, Q

T = TypeVar("T")


def lots(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield ``rows`` in lists of ``size`` and a last shorter one."""
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some


def among(path: str, texts: Sequence[str]) -> Q:
    """Return the condition that the column at ``path`` holds one of many texts.

    ``in`` binds every text for itself, which takes longer than finding the rows; here
    they go to the database as one value.
    """
    return Q(**{f"{path}__among": texts})


@CharField.register_lookup
class Among(Lookup):
    """One of many texts, whatever their number."""

    lookup_name = "among"
    prepare_rhs = False
    rhs: Sequence[str]

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        lhs, params = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{lhs} = ANY(%s::text[])", [*params, _array(self.rhs)]
        values = json.dumps(list(self.rhs))
        sql = f"{lhs} IN (SELECT value FROM json_each(%s))"  # noqa: S608 - a column
        return sql, [*params, values]


def _array(texts: Sequence[str]) -> str:
    """Return an array as PostgreSQL reads it; the driver takes ten times as long."""
    quoted = (t.replace("\\", "\\\\").replace('"', '\\"') for t in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"
