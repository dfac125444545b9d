"""Write a spreadsheet: labels as header, texts as texts, a sheet of notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from safelane.exchange.files.errors import CannotWrite
from safelane.exchange.files.wording import gettext_noop
from safelane.exchange.writers import Row, Sheet, as_text, chunks, without_zone
from safelane.exchange.writers.delimited import WKT, lines

MAX_ROWS = 1_048_576
MAX_TEXT = 32_767
_MAX_NOTES = 1000


def write_xlsx(path: Path, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write one sheet of rows; texts too long for a cell are named in the notes.

    Raises:
        CannotWrite: More rows than a sheet can hold.
    """
    book = Workbook(write_only=True)
    name = "".join("_" if c in "[]:*?/\\'" else c for c in sheet.layer)[:31]
    page = book.create_sheet(name or "data")
    page.freeze_panes = "A2"
    labels = [str(field.label) for field in sheet.fields]
    head = [_text_cell(page, t) for t in labels + ([WKT] if sheet.family else [])]
    for cell in head:
        cell.font = Font(bold=True)
    page.append(head)
    notes: list[tuple[int, str]] = []
    count = 0
    for chunk in chunks(rows):
        if count + len(chunk) >= MAX_ROWS:
            raise CannotWrite(
                reason=gettext_noop("a sheet holds at most 1,048,575 rows")
            )
        for number, line in enumerate(lines(chunk, sheet), start=count + 2):
            page.append([_cell(page, v, number, notes) for v in line])
        count += len(chunk)
    _write_notes(book, sheet.about, notes)
    book.save(path)
    return count


def _cell(page: Any, value: Any, row: int, notes: list[tuple[int, str]]) -> Any:
    if value is None or isinstance(value, bool | int | float | dt.date):
        return without_zone(value)
    text = as_text(value)
    if len(text) > MAX_TEXT:
        notes.append((row, text[:60]))
        return None
    return _text_cell(page, text)


def _text_cell(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"  # "=1+1" stays what it is: a text
    return cell


def _write_notes(book: Any, about: str, notes: list[tuple[int, str]]) -> None:
    if not (about or notes):
        return
    page = book.create_sheet(_("Notes"))
    page.append([_text_cell(page, about)])
    if notes:
        said = _("Texts longer than a cell can hold were left out. Use CSV for them.")
        page.append([_text_cell(page, said)])
    for row, text in notes[:_MAX_NOTES]:
        page.append([row, _text_cell(page, text + "…")])
