"""Faults of files that come in or go out: each says where it is and what to do.

A reader runs in a child process without translations, so a fault carries a template
and its values; the sentence is only built where it is shown.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.errors import SafelaneError


class ExchangeError(SafelaneError):
    """The file cannot be read or written as asked."""

    http_status = 422
    code = "exchange"
    template: ClassVar[str | Promise] = gettext_lazy("The file cannot be used.")

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
        super().__init__(self.template, **self._details())

    def _details(self) -> dict[str, Any]:
        said = self._where() | self.values
        return {k: v for k, v in said.items() if v not in ("", None)}

    def _where(self) -> dict[str, Any]:
        return {
            name: getattr(self, name) for name in ("file", "layer", "row", "column")
        }

    @property
    def message(self) -> str:
        return self._place() + str(self.template) % self.values

    def _place(self) -> str:
        parts = [self.file] if self.file else []
        if self.layer:
            parts.append(_("layer %(layer)s") % {"layer": self.layer})
        if self.row is not None:
            parts.append(_("row %(row)s") % {"row": self.row})
        if self.column:
            parts.append(_("column %(column)s") % {"column": self.column})
        return ", ".join(parts) + ": " if parts else ""

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
    code = "exchange-missing-file"
    template = gettext_lazy(
        "This file cannot be opened (%(reason)s). Check the name and that you may "
        "read it."
    )


class EmptyFile(ExchangeError):
    """The file holds no rows."""

    code = "exchange-empty-file"
    template = gettext_lazy(
        "There is nothing to read here. Export it again from where it came and check "
        "that it has a header and at least one row."
    )


class UnknownFormat(ExchangeError):
    """The file is none of the formats that can be imported."""

    code = "exchange-unknown-format"
    template = gettext_lazy(
        "This kind of file (%(found)s) cannot be imported. Use CSV, XLSX, GeoJSON, "
        "GeoPackage, a zipped Shapefile, KML, KMZ or a zipped File Geodatabase."
    )


class FileTooLarge(ExchangeError):
    """The file is over the size limit."""

    http_status = 413
    code = "exchange-file-too-large"
    template = gettext_lazy(
        "The file has %(size)s bytes; the limit is %(limit)s. Split it into parts."
    )


class ArchiveRefused(ExchangeError):
    """The zip file is unsafe or not of the expected kind."""

    code = "exchange-archive-refused"
    template = gettext_lazy(
        "The zip file is refused: %(reason)s. Make a fresh zip that holds only the "
        "files of one data set."
    )


class BrokenFile(ExchangeError):
    """The file is damaged or not what its name says."""

    code = "exchange-broken-file"
    template = gettext_lazy(
        "The file is damaged or not what its name says: %(reason)s. Export it again "
        "from where it came."
    )


class MarkupRefused(ExchangeError):
    """The XML holds entities or a document type, which are never read."""

    code = "exchange-markup-refused"
    template = gettext_lazy(
        "The XML declares a document type or entities, which can hide attacks. Save "
        "it again without them."
    )


class WrongEncoding(ExchangeError):
    """The text is not in the chosen character encoding."""

    code = "exchange-wrong-encoding"
    template = gettext_lazy(
        "The text is not in the encoding %(encoding)s. Choose another encoding or "
        "save the file as UTF-8."
    )


class NoSuchLayer(ExchangeError):
    """The file has no layer or sheet of that name."""

    code = "exchange-no-such-layer"
    template = gettext_lazy(
        "There is no layer or sheet “%(wanted)s”. Choose one of: %(choices)s."
    )


class UnknownCrs(ExchangeError):
    """The coordinate reference system is missing or not known."""

    code = "exchange-unknown-crs"
    template = gettext_lazy(
        "The coordinate reference system is not known (%(found)s). Name it, for "
        "example EPSG:4326 or EPSG:32648."
    )


class TooManyColumns(ExchangeError):
    """The table has more columns than can be handled."""

    code = "exchange-too-many-columns"
    template = gettext_lazy(
        "The table has %(count)s columns; the limit is %(limit)s. Remove the columns "
        "that are not needed."
    )


class ReadingTookTooLong(ExchangeError):
    """Reading the file was stopped at the time limit."""

    code = "exchange-reading-too-long"
    template = gettext_lazy(
        "Reading was stopped after %(seconds)s seconds without a result. The file is "
        "probably damaged: export it again, or split it into parts."
    )


class ReadingCrashed(ExchangeError):
    """The reader stopped on this file; nothing of it was kept."""

    code = "exchange-reading-crashed"
    template = gettext_lazy(
        "The reader stopped on this file (%(reason)s). The file is probably damaged: "
        "export it again in another format."
    )


class ReadingNeedsTooMuchMemory(ExchangeError):
    """Reading the file needs more memory than is allowed."""

    code = "exchange-reading-memory"
    template = gettext_lazy(
        "Reading needs more than %(limit)s MB of memory. Split the file into parts."
    )


class MappingInvalid(ExchangeError):
    """The saved mapping does not fit this file or target."""

    code = "exchange-mapping-invalid"
    template = gettext_lazy("The mapping cannot be used: %(reason)s.")


class CannotWrite(ExchangeError):
    """The rows cannot be written in this format."""

    code = "exchange-cannot-write"
    template = gettext_lazy("The export cannot be written: %(reason)s.")
