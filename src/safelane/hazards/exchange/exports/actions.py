"""Exporting: always at the actor's precision, always in the history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from safelane.core.errors import NotFound
from safelane.core.exchange.writers import SUFFIXES, Row, Written, write_rows
from safelane.core.exchange.writers.rows import Sheet
from safelane.core.history.actions import Entry, record
from safelane.core.scope import Actor
from safelane.hazards.exchange.exports.flat import flat_rows
from safelane.hazards.exchange.exports.specs import SPECS, ExportSpec
from safelane.hazards.filters import HazardFilter


def spec_for(target: str) -> ExportSpec:
    """Return what is exported under a name.

    Raises:
        NotFound: Nothing has this name.
    """
    if target not in SPECS:
        raise NotFound(
            _("Nothing called “%(name)s” can be exported. Choose one of: %(all)s.")
            % {"name": target, "all": ", ".join(SPECS)}
        )
    return SPECS[target]


def export_records(
    path: Path,
    target: str,
    format_name: str,
    *,
    filters: HazardFilter | None = None,
    flat: bool = False,
    progress: Any = None,
    by: Actor,
) -> Written:
    """Write what the actor may see to a file, and note in the history that it left.

    Args:
        flat: Words instead of codes (the staging view).
        progress: Called with the number of rows, now and then.

    Raises:
        NotPermitted, SignInNeeded: No role allows the export.
        CannotWrite: The format cannot hold the rows, or the disk does not take them.
    """
    spec = spec_for(target)
    by.require(spec.verb)
    chosen = filters or HazardFilter()
    found = spec.read(by, chosen)
    rows = flat_rows(spec, found) if flat else (row for _record, row in found)
    sheet = Sheet(target, str(spec.label), spec.fields, spec.family)
    written = write_rows(path, format_name, sheet, _counted(rows, progress))
    said = {
        "records": target,
        "format": format_name,
        "flat": flat,
        "filter": chosen.querystring(),
        "rows": written.count,
        "file": path.name,
    }
    _note(spec, said, by)
    return written


def file_name(target: str, format_name: str) -> str:
    """Return the name under which an export is handed out."""
    from django.utils import timezone

    return f"{target}-{timezone.localdate():%Y%m%d}{SUFFIXES[format_name]}"


def _counted(rows: Iterable[Row], progress: Any) -> Iterator[Row]:
    for count, row in enumerate(rows, start=1):
        yield row
        if progress is not None and count % 1000 == 0:
            progress(count)


@transaction.atomic
def _note(spec: ExportSpec, said: dict[str, Any], by: Actor) -> None:
    homes = sorted(by.organisation_ids)
    home = homes[0] if homes else None
    entry = Entry(
        home,
        f"{spec.name}.export",
        "export",
        said["file"],
        said["file"],
        after=said,
        permission=spec.verb,
    )
    record(entry, by=by)
