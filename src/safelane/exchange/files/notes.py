"""What is said of a file as a whole, beside the faults of its rows.

As with faults, a note is a code with values until it is shown.
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOTES: dict[str, str | Promise] = {
    "rows-above": _("%(count)s rows above the header were left out."),
    "renamed": _("Two columns are called “%(name)s”; the second is read as “%(new)s”."),
    "unnamed": _("A column without a name is read as “%(new)s”."),
    "hidden-rows": _(
        "%(count)s rows are out of view in the spreadsheet, as by a filter; they are "
        "read as well."
    ),
    "hidden-columns": _(
        "These columns are out of view in the spreadsheet; they are read as well: "
        "%(columns)s."
    ),
    "merged": _("%(count)s merged cells were filled downwards."),
    "other-layers": _(
        "The file has %(count)s further layers or sheets, which are not read: "
        "%(names)s."
    ),
    "joined": _("Layers that belong to the same table are read too: %(names)s."),
    "documents": _("The file holds %(count)s documents; all are read: %(names)s."),
    "wal": _(
        "The GeoPackage was last written by a program that keeps edits in a second "
        "file beside it (ending in -wal). If there is one, close the file in that "
        "program and save it again, or send both in one zip: edits may be missing "
        "here."
    ),
    "wal-read": _("The edits beside the GeoPackage (%(name)s) are read too."),
    "looked-at": _(
        "The file is large: how its columns are meant was guessed from the first "
        "%(share)s %% of it."
    ),
    "days": _(
        "No day of “%(column)s” is above 12, so that day and month may be mixed up: "
        "“%(value)s” is read as %(read)s. If the month stands first, choose that date "
        "format in the mapping."
    ),
    "days-mixed": _(
        "“%(column)s” holds dates such as %(value)s and texts such as “%(typed)s”: a "
        "spreadsheet that wants them in another order swaps day and month of what it "
        "can. Compare the days up to the 12th with the papers."
    ),
    "unit-beside": _("“%(unit)s” is read as the unit of “%(column)s”, row by row."),
    "unit-left": _(
        "“%(unit)s” stands beside “%(column)s” and holds units, but is not read as its "
        "unit. If it is meant, choose it in the mapping."
    ),
    "unit-unknown": _(
        "“%(unit)s” stands beside “%(column)s” and names no unit that is known: the "
        "numbers are read without it."
    ),
    "guessed-encoding": _("The file does not name its encoding; %(encoding)s fits."),
    "encoding-overruled": _("The file says that it is %(found)s, but it is UTF-8."),
    "several-places": _(
        "Several columns can hold the position: %(taken)s is proposed, not %(others)s. "
        "If that is wrong, choose the others in the mapping."
    ),
    "unpaired": _(
        "Their names do not say which latitude goes with which longitude, so no "
        "position is proposed from %(columns)s. Choose them in the mapping."
    ),
    "place-of-what": _(
        "The position is read from %(columns)s, though the name says more. If that is "
        "where something else lies, such as an office, choose another in the mapping."
    ),
    "no-place": _(
        "No position is proposed, but these columns hold what looks like degrees, "
        "metres or outlines: %(columns)s. If it is one, choose them in the mapping."
    ),
    "outline-lost": _(
        "These columns hold what looks like outlines and are not read: %(columns)s. "
        "The areas come in without them. Choose the column in the mapping if it holds "
        "WKT or GeoJSON; else send the file in a format for maps."
    ),
    "heading-system": _(
        "“%(column)s” names no coordinate system that is known here: WGS 84 is taken "
        "and may lie hundreds of metres off. Name the system in the mapping."
    ),
    "several-columns": _(
        "Several columns can be “%(field)s”: “%(taken)s” is taken, not %(others)s. If "
        "that is wrong, choose another in the mapping."
    ),
    "not-taken": _(
        "These columns look like fields, but their names say more or something else, "
        "so none is taken: %(columns)s. If one is meant, choose it in the mapping."
    ),
    "strange-unit": _(
        "“%(column)s” is not taken for “%(field)s”: its name says more, and that is no "
        "unit known for it. If it is meant, choose it in the mapping."
    ),
    "no-crs": _("The file does not name its coordinate reference system."),
    "links": _("%(count)s links to other files were not followed."),
    "crs-overruled": _("The file says %(found)s; %(chosen)s is used as you chose."),
    "identities": _(
        "This file may hold identities of people (%(columns)s). It is kept sealed, "
        "handed out to nobody, and removed when the import ends; upload it again then."
    ),
    "reasons": _(
        "“%(columns)s” says what was wrong when the rows were handed back: it is not "
        "kept with the records."
    ),
    "withheld": _(
        "These columns look as if they held identities of people and are not kept with "
        "the records: %(columns)s."
    ),
}

# As bad as a fault, though no row is kept out.
GRAVE = frozenset({"outline-lost", "unit-left"})


def note_text(code: str, values: dict[str, Any]) -> str:
    """Return one note as a sentence."""
    return str(NOTES[code]) % values
