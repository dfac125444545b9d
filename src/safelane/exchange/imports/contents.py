"""What the rows of a file say: what of it is kept, and whether it was said before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from math import isfinite
from typing import Any

from safelane.exchange.imports.people import names_people
from safelane.exchange.kinds import Complaint, Prepared
from safelane.exchange.mapping.apply import MappedBatch


def content_hashes(target: str, mapped: MappedBatch) -> list[str]:
    """Return the SHA-256 of what each row says: an equal row is not imported again."""
    parts = [_members(name, mapped.values[name]) for name in sorted(mapped.values)]
    said = zip(*parts, strict=True) if parts else [()] * len(mapped.rows)
    found = []
    rows = zip(said, mapped.places.geometry, mapped.rest, strict=True)
    for members, wkb, rest in rows:
        more = _as_json(rest) if rest else "{}"
        text = f'["{target}", {{{", ".join(filter(None, members))}}}, {more}]'
        digest = hashlib.sha256(text.encode() + b"\0" + (wkb or b"")).hexdigest()
        found.append(digest)
    return found


def _members(name: str, values: list[Any]) -> list[str]:
    """Return the members of JSON objects that hold one field; "" where it is unsaid."""
    start = f"{quoted(name)}: "
    return [
        "" if value is None
        else start + quoted(value) if type(value) is str
        else start + _day(value) if type(value) is date
        else start + _as_json(value)
        for value in values
    ]  # fmt: skip


def _as_json(value: Any) -> str:
    if type(value) is float and isfinite(value):
        return repr(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


_day = lru_cache(4096)(_as_json)  # the same days stand in very many rows


def stated_rows(mapped: MappedBatch) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Yield position, row number and stated values of the rows without faults.

    ``extra`` is what no field takes, and what an earlier export held of that.
    """
    faulty = {f.row for f in mapped.faults if f.level == "error"}
    columns = list(mapped.values.items())
    for i, row in enumerate(mapped.rows):
        if row not in faulty:
            values = {n: c[i] for n, c in columns if c[i] is not None}
            told = values.get("extra", {}).items()
            kept = {n: value for n, value in told if not names_people(n, [value])}
            yield i, row, values | {"extra": kept | mapped.rest[i]}


def refuse_twice(
    prepared: Prepared, name: Callable[[Any], str], text: str, code: str
) -> None:
    """Refuse rows on one thing and day, which contradict each other or say it again.

    Args:
        text: What is said of it, with its ``name``.
    """
    seen: dict[tuple[str, date], str] = {}
    for row, item in prepared.items.items():
        key = name(item), item.date_of_information
        if seen.setdefault(key, item.content_hash) != item.content_hash:
            complaint = Complaint(row, code, text % {"name": key[0]})
            prepared.complaints.append(complaint)
