"""Merged cells and unsolved formulas, which row-wise reading does not show."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils.cell import column_index_from_string as column_index
from openpyxl.utils.cell import coordinate_from_string, range_boundaries

from safelane.exchange.files.archive import open_archive, unpack
from safelane.exchange.files.job import ReadJob
from safelane.exchange.readers.xml import local_name, refuse_declarations, walk

_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d{1,9})"')
_CHUNK = 1 << 20
_MAX_MERGED = 100_000


@dataclass
class SheetMarks:
    """What stands beside the cells of a sheet.

    ``filled`` maps (row, column from 0) inside a vertical merge to the column whose
    last value it repeats; ``unsolved`` maps a row to the columns with a formula that
    has no stored result.
    """

    filled: set[tuple[int, int]] = field(default_factory=set)
    unsolved: dict[int, list[int]] = field(default_factory=dict)
    last_row: int = 0

    def fill(self, row: int, cells: list[Any], carried: dict[int, Any]) -> None:
        """Repeat merged values downwards, as a person reads them."""
        if not self.filled:
            return
        for i in range(len(cells)):
            if (row, i) in self.filled:
                cells[i] = carried.get(i)
            carried[i] = cells[i]


def read_marks(job: ReadJob, member: str) -> SheetMarks:
    """Look through one sheet for merges and for formulas without a stored result.

    Raises:
        MarkupRefused, BrokenFile: The sheet's XML is refused or damaged.
    """
    marks = SheetMarks()
    with open_archive(job.path, job.limits) as archive:
        _refuse_markup(archive, job)
        path = unpack(archive, member.lstrip("/"), job.workdir / "sheet.xml")
    formulas, merges = False, False
    with path.open("rb") as sheet:
        while chunk := sheet.read(_CHUNK):
            formulas = formulas or b"<f" in chunk
            merges = merges or b"mergeCell" in chunk
            for number in _ROW.findall(chunk)[-1:]:
                marks.last_row = int(number)
    if formulas or merges:
        _collect(marks, walk(path, job.name, ("end",), ("c", "mergeCell", "row")))
    path.unlink()
    return marks


def _refuse_markup(archive: zipfile.ZipFile, job: ReadJob) -> None:
    for name in archive.namelist():
        if name.lower().endswith((".xml", ".rels")):
            path = unpack(archive, name, job.workdir / "part.xml")
            refuse_declarations(path, job.name)


def _collect(marks: SheetMarks, events: Any) -> None:
    for _, element in events:
        tag = local_name(element)
        if tag == "c":
            _note_formula(marks, element)
        elif tag == "mergeCell":
            _note_merge(marks, element.get("ref") or "")
        elif tag == "row":
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _note_formula(marks: SheetMarks, cell: Any) -> None:
    tags = {local_name(c): c for c in cell}
    solved = "v" in tags and (tags["v"].text or cell.get("t") == "str")
    if "f" not in tags or solved or "is" in tags:
        return
    letters, row = coordinate_from_string(cell.get("r") or "A1")
    marks.unsolved.setdefault(row, []).append(column_index(letters) - 1)


def _note_merge(marks: SheetMarks, ref: str) -> None:
    left, top, right, bottom = (int(v or 0) for v in range_boundaries(ref))
    if len(marks.filled) + (bottom - top) > _MAX_MERGED:
        return
    marks.filled |= {(row, left - 1) for row in range(top + 1, bottom + 1)}
