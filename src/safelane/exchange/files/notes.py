"""What a reader did with a file that the person should know."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
