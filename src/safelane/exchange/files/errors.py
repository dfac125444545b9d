"""Faults of files and of their rows: each says where it is and what to do.

A reader runs in a child process without translations, so a fault carries a template
and its values; the sentence is only built where it is shown.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from safelane.core.errors import SafelaneError
from safelane.exchange.files.wording import in_words

_PLACES: dict[str, str | Promise] = {
    "file": "%(file)s",
    "layer": _("layer %(layer)s"),
    "row": _("row %(row)s"),
    "column": _("column %(column)s"),
}


class ExchangeError(SafelaneError):
    """The file cannot be read or written as asked."""

    http_status = 422
    code = "exchange"
    code_prefix = "exchange-"
    template: ClassVar[str | Promise] = _("The file cannot be used.")

    def __init__(
        self,
        *,
        file: str = "",
        layer: str = "",
        row: int | None = None,
        column: str = "",
        **values: Any,
    ) -> None:
        self.file, self.layer, self.row, self.column = file, layer, row, column
        self.values = values
        said = {k: v for k, v in values.items() if v not in ("", None)}
        if reason := said.get("reason"):
            said["reason"] = reason % values
        super().__init__(self.template, **self._where() | said)

    def _where(self) -> dict[str, Any]:
        where = {name: getattr(self, name) for name in _PLACES}
        return {name: value for name, value in where.items() if value not in ("", None)}

    @property
    def message(self) -> str:
        where = self._where()
        place = ", ".join(str(_PLACES[name]) % where for name in where)
        return (f"{place}: " if place else "") + in_words(self.template, self.values)

    def as_wire(self) -> dict[str, Any]:
        """Return the fault as JSON values, for the pipe between the processes."""
        return {"code": self.code, "place": self._where(), "values": self.values}

    @staticmethod
    def from_wire(wire: dict[str, Any]) -> ExchangeError:
        """Rebuild the fault that ``as_wire`` described."""
        kinds = {kind.code: kind for kind in ExchangeError.__subclasses__()}
        kind = kinds.get(str(wire.get("code")), BrokenFile)
        return kind(**wire.get("place", {}), **wire.get("values", {}))


class MissingFile(ExchangeError):
    """The file is not there or cannot be opened."""

    http_status = 404
    template = _(
        "This file cannot be opened (%(reason)s). Check the name and that you may "
        "read it."
    )


class EmptyFile(ExchangeError):
    """The file holds no rows."""

    template = _(
        "There is nothing to read here. Export it again from where it came and check "
        "that it has a header and at least one row."
    )


class UnknownFormat(ExchangeError):
    """The file is none of the formats that can be imported."""

    template = _(
        "This kind of file (%(found)s) cannot be imported. Use CSV, XLSX, GeoJSON, "
        "GeoPackage, a zipped Shapefile, KML, KMZ or a zipped File Geodatabase."
    )


class StrictWorkbook(ExchangeError):
    """The workbook is in the strict form of Office Open XML, which is not read."""

    template = _(
        "This workbook is saved as “Strict Open XML”, which cannot be read here. Save "
        "it as “Excel Workbook” and send it again."
    )


class FileTooLarge(ExchangeError):
    """The file is over the size limit."""

    http_status = 413
    template = _(
        "The file has %(size)s bytes; the limit is %(limit)s. Split it into parts."
    )


class ArchiveRefused(ExchangeError):
    """The zip file is unsafe or not of the expected kind."""

    template = _(
        "The zip file is refused: %(reason)s. Make a fresh zip that holds only the "
        "files of one data set."
    )


class BrokenFile(ExchangeError):
    """The file is damaged or not what its name says."""

    template = _(
        "The file is damaged or not what its name says: %(reason)s. Export it again "
        "from where it came."
    )


class MarkupRefused(ExchangeError):
    """The XML holds entities or a document type, which are never read."""

    template = _(
        "The XML declares a document type or entities, which can hide attacks. Save "
        "it again without them."
    )


class WrongEncoding(ExchangeError):
    """The text is not in the chosen character encoding."""

    template = _(
        "The text is not in the encoding %(encoding)s. Choose another encoding or "
        "save the file as UTF-8."
    )


class NoSuchLayer(ExchangeError):
    """The file has no layer or sheet of that name."""

    template = _("There is no layer or sheet “%(wanted)s”. Choose one of: %(choices)s.")


class UnknownCrs(ExchangeError):
    """The coordinate reference system is missing or not known."""

    template = _(
        "The coordinate reference system is not known (%(found)s). Name it, for "
        "example EPSG:4326 or EPSG:32648."
    )


class TooManyColumns(ExchangeError):
    """The table has more columns than can be handled."""

    template = _(
        "The table has %(count)s columns; the limit is %(limit)s. Remove the columns "
        "that are not needed."
    )


class ReadingTookTooLong(ExchangeError):
    """Reading the file was stopped at the time limit."""

    code = "exchange-reading-too-long"
    template = _(
        "Reading was stopped after %(seconds)s seconds without a result. The file is "
        "probably damaged: export it again, or split it into parts."
    )


class ReadingCrashed(ExchangeError):
    """The reader stopped on this file; nothing of it was kept."""

    template = _(
        "The reader stopped on this file. It is probably damaged: export it again in "
        "another format."
    )


class ReadingNeedsTooMuchMemory(ExchangeError):
    """Reading the file needs more memory than is allowed."""

    code = "exchange-reading-memory"
    template = _(
        "Reading needs more than %(limit)s MB of memory. Split the file into parts."
    )


class MappingInvalid(ExchangeError):
    """The saved mapping does not fit this file or target."""

    template = _("The mapping cannot be used: %(reason)s.")


class CannotWrite(ExchangeError):
    """The rows cannot be written in this format."""

    template = _("The export cannot be written: %(reason)s.")


ERROR = "error"
WARNING = "warning"
HIDDEN = "•••"  # stands for what may tell who somebody is
# Values of messages that do not stand in the file, as numbers of cells do not.
_OURS = frozenset({"reason", "limit", "format", "kind", "used", "count", "expected"})

MESSAGES: dict[str, str | Promise] = {
    "cells-many": _("The row has %(found)s cells, the header has %(expected)s."),
    "cells-few": _("The row has only %(found)s of %(expected)s cells."),
    "encoding": _("The text is not in the encoding of the file. Type it again."),
    "null-byte": _("The text holds a null byte. Type it again."),
    "formula": _(
        "The formula has no stored result. Open the file in a spreadsheet and save it."
    ),
    "struck": _(
        "This is struck through in the spreadsheet and is read as well. If it no "
        "longer holds, take it out of the file."
    ),
    "cell-error": _("The cell holds the spreadsheet error %(value)s."),
    "cell-long": _("The text is longer than %(limit)s characters."),
    "quote-open": _(
        "The cell holds a line break and as many separators as a row: a quotation mark "
        "is probably not closed, and further rows are lost in this one. Close it, or "
        "take the line break out."
    ),
    "no-line-end": _("The file ends inside this row: check that nothing is cut off."),
    "geometry-broken": _("The geometry cannot be read: %(reason)s."),
    "geometry-numbers": _("A coordinate is not a number."),
    "geometry-range": _(
        "The coordinates %(value)s are outside the world. Check the order of the axes "
        "and the reference system."
    ),
    "geometry-large": _("The geometry has %(count)s points; the limit is %(limit)s."),
    "geometry-missing": _("The row has no position."),
    "place-coarse": _(
        "This export was not allowed to show the record exactly: place and numbers are "
        "rounded or left out. Take the row from an export by somebody who sees it "
        "exactly."
    ),
    "coordinate": _("“%(value)s” is not a coordinate of the kind %(kind)s."),
    "coordinates": "%(said)s",
    "two-places": _(
        "The row says two positions that lie %(metres)s m apart: “%(value)s” and "
        "“%(other)s”. Correct the wrong one, or leave it empty."
    ),
    "place-elsewhere": _(
        "The position of this row stands only in columns that are not read: "
        "“%(value)s”. Move it to the columns of the other rows, or choose its columns "
        "in the mapping."
    ),
    "required": _("This is needed and empty."),
    "number": _("“%(value)s” is not a number."),
    "integer": _("“%(value)s” is not a whole number."),
    "high": _("“%(value)s” is more than %(limit)s."),
    "digits": _(
        "The column has numbers of more than 15 digits and empty cells, and such "
        "numbers cannot be read exactly. Save the column as text."
    ),
    "system": _(
        "“%(value)s” is no coordinate system that is known here. Write its EPSG code, "
        "such as EPSG:4326, or say in the mapping which system all rows are in."
    ),
    "whole-degrees": _(
        "“%(value)s” has only whole degrees and may lie 100 km off. Look for minutes "
        "and seconds in other columns."
    ),
    "grouped": _(
        "“%(value)s” is read as %(read)s. If that is not meant, say otherwise in the "
        "mapping whether decimals have a comma."
    ),
    "unit": _(
        "“%(value)s” is read as %(read)s: the unit in the name of the column is not "
        "known. Convert the column if it is in another."
    ),
    "date-name": _(
        "“%(value)s” is a date: a spreadsheet may have made it of a reference such as "
        "MAR-1. If so, type the reference there as text."
    ),
    "two-scripts": _(
        "“%(value)s” holds letters of two scripts, which may only look alike. If that "
        "is a slip of the keyboard, type it in one."
    ),
    "year": _("“%(value)s” names no day; it is read as 1 January."),
    "date": _("“%(value)s” is not a date in the chosen format (%(format)s)."),
    "boolean": _("“%(value)s” is neither yes nor no."),
    "choice": _("“%(value)s” is not in the list. Say in the mapping what it means."),
    "long": _("The text is longer than %(limit)s characters."),
    "feature": _("The feature cannot be read: %(reason)s."),
    "feature-crs": _(
        "The feature names a coordinate system of its own (%(found)s), the file is "
        "read in %(used)s. Save all in one, or choose one for the whole file."
    ),
}


# What spreadsheets write where a formula fails, in English, German, French, Turkish and
# Russian, LibreOffice by a number; and where a number is wider than its column.
_CELL_ERRORS = """REF VALUE NAME DIV/0 NUM NULL SPILL CALC FIELD BLOCKED GETTING_DATA
BEZUG WERT ZAHL VALEUR NOM NOMBRE NUL DEĞER BAŞV AD SAYI SAYI/0 BOŞ
ССЫЛКА ЗНАЧ ИМЯ ДЕЛ/0 ЧИСЛО ПУСТО ПЕРЕНОС"""
_CELL_ERROR = re.compile(
    rf"(?:#(?:{'|'.join(_CELL_ERRORS.split())})[!?]?)+|#{{3,}}|Err:\d{{3}}", re.I
)


def is_cell_error(cell: str) -> bool:
    """Say whether a cell holds the error of a spreadsheet instead of a value."""
    return bool(cell[:1] in "#Ee" and _CELL_ERROR.fullmatch(cell))


class RowFault(NamedTuple):
    """One fault of one row; ``level`` error keeps the row out, warning does not."""

    row: int
    code: str
    column: str = ""
    level: str = ERROR
    values: dict[str, Any] = {}

    @property
    def message(self) -> str:
        return in_words(MESSAGES[self.code], self.values)

    def without_values(self) -> RowFault:
        """Return the fault with nothing of what stands in the file."""
        told = {"value": HIDDEN} | {
            name: said if name in _OURS or type(said) is int else HIDDEN
            for name, said in self.values.items()
        }
        code = "coordinate" if self.code == "coordinates" else self.code
        return self._replace(code=code, values=told)
