"""Write CSV that spreadsheets open rightly and cannot be attacked through."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
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


def harmless(value: Any) -> str:
    """Return what no spreadsheet runs: an apostrophe keeps a text a text."""
    if isinstance(value, list | tuple | set):
        value = as_text(value)
    return escaped(value) if isinstance(value, str) else as_text(value)


def write_csv(path: Path, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write UTF-8 with a byte order mark, commas and CRLF; positions as WKT."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        names = [field.name for field in sheet.fields]
        writer.writerow([*names, WKT] if sheet.family else names)
        for chunk in chunks(rows):
            writer.writerows(map(harmless, line) for line in lines(chunk, sheet))
            count += len(chunk)
    return count


def lines(chunk: list[Row], sheet: Sheet) -> Iterator[list[Any]]:
    """Yield the values of each row, then its position as WKT with nine decimals."""
    texts: Any = [None] * len(chunk)
    if sheet.family:
        texts = shapely.to_wkt(shapes(chunk), rounding_precision=9)  # 0.1 mm
    for row, text in zip(chunk, texts, strict=True):
        line = [row.values.get(field.name) for field in sheet.fields]
        yield [*line, text] if sheet.family else line
