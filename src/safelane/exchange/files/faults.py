"""What is wrong with one row, and what a reader did that the person should know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ERROR = "error"
WARNING = "warning"

MESSAGES: dict[str, str | Promise] = {
    "cells-many": _("The row has %(found)s cells, the header has %(expected)s."),
    "cells-few": _("The row has only %(found)s of %(expected)s cells."),
    "encoding": _("The text is not in the encoding of the file. Type it again."),
    "null-byte": _("The text holds a null byte. Type it again."),
    "formula": _(
        "The formula has no stored result. Open the file in a spreadsheet and save it."
    ),
    "cell-error": _("The cell holds the spreadsheet error %(value)s."),
    "cell-long": _("The text is longer than %(limit)s characters."),
    "no-line-end": _("The file ends inside this row: check that nothing is cut off."),
    "geometry-broken": _("The geometry cannot be read: %(reason)s."),
    "geometry-numbers": _("A coordinate is not a number."),
    "geometry-range": _(
        "The coordinates %(value)s are outside the world. Check the order of the axes "
        "and the reference system."
    ),
    "geometry-large": _("The geometry has %(count)s points; the limit is %(limit)s."),
    "geometry-missing": _("The row has no position."),
    "coordinate": _("“%(value)s” is not a coordinate of the kind %(kind)s."),
    "zone": _("“%(value)s” is not a UTM zone such as 48N."),
    "required": _("This is needed and empty."),
    "number": _("“%(value)s” is not a number."),
    "integer": _("“%(value)s” is not a whole number."),
    "date": _("“%(value)s” is not a date in the chosen format (%(format)s)."),
    "boolean": _("“%(value)s” is neither yes nor no."),
    "choice": _("“%(value)s” is not in the list. Say in the mapping what it means."),
    "long": _("The text is longer than %(limit)s characters."),
    "feature": _("The feature cannot be read: %(reason)s."),
}


@dataclass(frozen=True)
class RowFault:
    """One fault of one row; ``level`` error keeps the row out, warning does not."""

    row: int
    code: str
    column: str = ""
    level: str = ERROR
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return str(MESSAGES[self.code]) % self.values

    def as_wire(self) -> list[Any]:
        """Return the fault as JSON values."""
        return [self.row, self.code, self.column, self.level, self.values]

    @staticmethod
    def from_wire(wire: list[Any]) -> RowFault:
        """Rebuild the fault that ``as_wire`` described."""
        return RowFault(*wire)


NOTES: dict[str, str | Promise] = {
    "rows-above": _("%(count)s rows above the header were left out."),
    "renamed": _("Two columns are called “%(name)s”; the second is read as “%(new)s”."),
    "unnamed": _("A column without a name is read as “%(new)s”."),
    "merged": _("%(count)s merged cells were filled downwards."),
    "other-layers": _("The file has %(count)s further layers or sheets."),
    "guessed-encoding": _("The file does not name its encoding; %(encoding)s fits."),
    "no-crs": _("The file does not name its coordinate reference system."),
    "links": _("%(count)s links to other files were not followed."),
    "crs-overruled": _("The file says %(found)s; %(chosen)s is used as you chose."),
    "identities": _(
        "This file may hold identities of people (%(columns)s). It is kept sealed, "
        "handed out to nobody, and removed when the import ends; upload it again then."
    ),
    "withheld": _(
        "These columns look as if they held identities of people and are not kept with "
        "the records: %(columns)s."
    ),
}


def note_text(code: str, values: dict[str, Any]) -> str:
    """Return one note as a sentence."""
    return str(NOTES[code]) % values
