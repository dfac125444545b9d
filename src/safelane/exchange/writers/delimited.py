"""Write CSV that spreadsheets open rightly and cannot be attacked through."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import shapely

from safelane.exchange.writers import Row, Sheet, as_text, chunks, shapes

# OWASP's list, with what programs take for these signs (full-width and small forms) and
# what they pass over before them: spaces of all kinds, and characters without width or
# that only set the direction of writing.
_PASSED_OVER = r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e" + (
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_SIGNS = r"[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"
_RUNS = re.compile(rf"'*(?:[\t\r\n]|{_PASSED_OVER}*{_SIGNS})")


def escaped(text: str) -> str:
    """Return a text that no spreadsheet runs: an apostrophe keeps it a text."""
    return f"'{text}" if _RUNS.match(text) else text


def unescaped(text: str) -> str:
    """Return what :func:`escaped` was given."""
    return text[1:] if text[:1] == "'" and _RUNS.match(text, 1) else text


WKT = "geometry_wkt"


def harmless(value: Any) -> Any:
    """Return a text that no spreadsheet runs: an apostrophe keeps it a text."""
    return escaped(value) if isinstance(value, str) else as_text(value)


def write_csv(path: Path, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write UTF-8 with a byte order mark, commas and CRLF; positions as WKT."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        names = [field.name for field in sheet.fields]
        writer.writerow([*names, WKT] if sheet.family else names)
        for chunk in chunks(rows):
            writer.writerows(_lines(chunk, names, bool(sheet.family)))
            count += len(chunk)
    return count


def _lines(chunk: list[Row], names: list[str], with_shape: bool) -> list[list[Any]]:
    lines = [[harmless(_flat(row.values.get(n))) for n in names] for row in chunk]
    if with_shape:
        for line, text in zip(lines, wkt_of(chunk), strict=True):
            line.append(text or "")
    return lines


def _flat(value: Any) -> Any:
    return as_text(value) if isinstance(value, list | tuple | set) else value


def wkt_of(chunk: list[Row]) -> list[str | None]:
    """Return the positions as WKT with nine decimals (0.1 mm)."""
    texts: Any = shapely.to_wkt(shapes(chunk), rounding_precision=9)
    return list(texts)
