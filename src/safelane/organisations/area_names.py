"""Finding an admin area by what people call it."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput
from safelane.organisations.models import AdminArea, Country

SEVERAL_SHOWN = 10
NAMES = ("country", "parent", "code", "name", "names", "path")


def area_named(country: Country, text: str) -> AdminArea:
    """Return the admin area that a text names: a name in any language, or a code.

    Of several with one name, what follows a comma is that of an area around it.

    Raises:
        InvalidInput: None has this name, or several have.
    """
    first, *around = [_plain(part) for part in text.split(",")]
    rows = AdminArea.objects.filter(country=country).only(*NAMES)
    every = {row.pk: row for row in rows}
    named = [row for row in every.values() if first in _names_of(row)]
    found = [
        row
        for row in named
        if set(around) <= {n for pk in _keys_on(row.path) for n in _names_of(every[pk])}
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        said = _(
            "“%(text)s” is no admin area of %(country)s that is known here. Take a "
            "name or an official code from the list, or the area around it."
        )
        values = {"text": text.strip(), "country": country}
        raise InvalidInput(said % values, field="admin_area")
    said = _("There are several: %(areas)s. Write the official code of one.")
    shown = [f"{row.full_name} ({row.code})" for row in found[:SEVERAL_SHOWN]]
    raise InvalidInput(said % {"areas": ", ".join(shown)}, field="admin_area")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _names_of(area: AdminArea) -> set[str]:
    return {_plain(name) for name in (area.code, area.name, *area.names.values())}


def _keys_on(path: str) -> list[int]:
    """Return the keys on a materialised path, from the top down."""
    return [int(key) for key in path.split("/") if key]
