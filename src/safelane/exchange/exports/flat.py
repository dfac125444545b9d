"""The flat staging view: codes as words, several codes as one list.

One row per record and only plain columns, as IMSMA's staging area has it (DOMAIN 1.1):
what reports, spreadsheets and GIS tools can read without knowing our codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safelane.exchange.kinds import ExportKind
from safelane.exchange.writers import Row
from safelane.organisations.models import Country
from safelane.organisations.packs import pack_of


class Labels:
    """Words for codes, in the active language, per country pack."""

    def __init__(self, lists: dict[str, str]) -> None:
        self._lists = lists
        self._known: dict[tuple[str, str, str], str] = {}

    def flat(self, country: Country, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values with words instead of codes."""
        result = dict(values)
        for field, list_name in self._lists.items():
            value = values.get(field)
            if isinstance(value, list | tuple):
                words = [self._word(country, list_name, str(v)) for v in value]
                result[field] = ", ".join(words)
            elif value:
                result[field] = self._word(country, list_name, str(value))
        return result

    def _word(self, country: Country, list_name: str, code: str) -> str:
        key = (country.code, list_name, code)
        if key not in self._known:
            self._known[key] = str(pack_of(country).label(list_name, code))
        return self._known[key]


def flat_rows(kind: ExportKind, rows: Iterator[tuple[Any, Row]]) -> Iterator[Row]:
    """Yield the rows with words instead of codes."""
    labels = Labels(kind.lists)
    for record, row in rows:
        yield row._replace(values=labels.flat(kind.home(record), row.values))
