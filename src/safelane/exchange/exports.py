"""Exporting: always at the actor's precision, always in the history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.errors import Conflict
from safelane.core.files.durable import settle
from safelane.core.history.actions import Entry, record
from safelane.core.i18n.localize import date_text
from safelane.core.scope import Actor, Precision
from safelane.exchange.kinds import ExportKind, Filters, export_kind
from safelane.exchange.writers import Row, Sheet, write_rows
from safelane.organisations.models import Country
from safelane.organisations.packs import pack_of


def export_records(
    path: Path,
    target: str,
    format_name: str,
    *,
    query: str = "",
    flat: bool = False,
    progress: Any = None,
    by: Actor,
) -> About:
    """Write what the actor may see to a file, and note in the history that it left.

    Args:
        query: Filters as they stand in an address.
        flat: Words instead of codes (the staging view).
        progress: Called with the number of rows, now and then.

    Raises:
        NotPermitted, SignInNeeded: No role allows the export.
        InvalidInput: A filter does not apply to these records.
        Conflict: Records came or went while the file was written.
        CannotWrite: The format cannot hold the rows.
        StorageUnavailable: The disk does not take them.
    """
    kind = export_kind(target)
    by.require(kind.verb)
    chosen, reader = kind.narrowed(query), by.within(kind.verb)
    about = about_export(kind, chosen, reader)
    found = kind.read(reader, chosen)
    rows = (row for _record, row in found)
    if flat:
        words = words_for(kind.lists)
        rows = (r._replace(values=words(kind.home(one), r.values)) for one, r in found)
    sheet = Sheet(target, str(kind.label), kind.fields, kind.family, about.text)
    said = {"records": target, "format": format_name, "flat": flat, "rows": about.count}
    said |= {"filter": chosen.querystring(), "file": path.name}
    draft = path.with_name(f".{uuid4().hex}.part")
    try:
        count = write_rows(draft, format_name, sheet, _counted(rows, progress))
        if count != about.count:
            raise Conflict(_("Records changed while the file was written. Try again."))
        _note(kind, said, by)  # first: no file is there that the history leaves out
        settle(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return about


@dataclass(frozen=True, slots=True)
class About:
    """How many rows leave by which filter, as it is said before and in the file."""

    count: int
    text: str


def about_export(kind: ExportKind, filters: Filters, reader: Actor) -> About:
    """Return how many rows leave, and the sentence that says so."""
    rows: Any = kind.rows(reader, filters)
    count, model = rows.count(), rows.model
    text = _("%(what)s: %(count)s rows, filter: %(filter)s, written on %(day)s.") % {
        "what": kind.label,
        "count": count,
        "filter": unquote_plus(filters.querystring()) or _("none"),
        "day": date_text(timezone.localdate()),
    }
    if model.policy.coarsest(reader) != Precision.EXACT:
        said = _(
            "What is not open to you exactly stands roughly: a place as a cell or not "
            "at all, a number with two digits."
        )
        text = f"{text} {said}"
    return About(count, text)


def _counted(rows: Iterable[Row], progress: Any) -> Iterator[Row]:
    for count, row in enumerate(rows, start=1):
        yield row
        if progress is not None and count % 1000 == 0:
            progress(count)


@transaction.atomic
def _note(kind: ExportKind, said: dict[str, Any], by: Actor) -> None:
    home, name = min(by.organisation_ids, default=None), said["file"]
    verb, permission = f"{kind.name}.export", kind.verb
    # Two kinds may leave in files of one name: each is told to who may export it.
    key = f"{kind.name}/{name}"[:60]
    entry = Entry(home, verb, "export", key, name, after=said, permission=permission)
    record(entry, by=by)


Words = Callable[[Country, dict[str, Any]], dict[str, Any]]


def words_for(lists: dict[str, str]) -> Words:
    """Return what puts words for codes, in the active language, per country pack.

    The flat staging view has one row per record and only plain columns, as IMSMA's
    staging area (DOMAIN 1.1): readable without knowing our codes.
    """

    @cache
    def word(country: Country, list_name: str, code: str) -> str:
        return str(pack_of(country).label(list_name, code))

    def flat(country: Country, values: dict[str, Any]) -> dict[str, Any]:
        stated = {n: v for n, v in values.items() if n in lists and v not in (None, "")}
        for name, value in stated.items():
            codes = value if isinstance(value, list | tuple) else [value]
            words = (word(country, lists[name], str(code)) for code in codes)
            stated[name] = ", ".join(words)
        return values | stated

    return flat
