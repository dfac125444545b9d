"""Imports and exports as jobs: seen, stoppable, and going on after a kill."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from safelane.core.files.store import store_file
from safelane.core.jobs.progress import Progress
from safelane.core.jobs.runner import job
from safelane.core.protect.timelimit import reads_limited
from safelane.exchange.actions import carry_out_withdrawal
from safelane.exchange.exports import export_records
from safelane.exchange.files.formats import FORMATS
from safelane.exchange.imports.runner import check_file, import_file
from safelane.exchange.kinds import export_kind
from safelane.exchange.models import ImportRun


@job("exchange.check", title=_("Check a file"))
def run_check(progress: Progress, run: str) -> dict[str, Any]:
    """Judge every row of a file; nothing is written."""
    found = ImportRun.objects.get(uid=run)
    check_file(found, progress)
    return _result(found)


@job("exchange.import", title=_("Import a file"))
def run_import(progress: Progress, run: str) -> dict[str, Any]:
    """Bring a file in; after a kill it goes on where it was."""
    found = ImportRun.objects.get(uid=run)
    import_file(found, progress)
    return _result(found)


@job("exchange.withdraw", title=_("Take an import back"))
def run_withdraw(progress: Progress, run: str) -> dict[str, Any]:
    """Take back what a file brought in; after a kill it goes on where it was."""
    found = ImportRun.objects.get(uid=run)
    carry_out_withdrawal(found, progress)
    return _result(found)


def _result(run: ImportRun) -> dict[str, Any]:
    url = reverse("exchange:import-run", kwargs={"uid": run.uid})
    label = str(_("Open the import"))
    return {"counts": run.counts, "links": [{"url": url, "label": label}]}


@job("exchange.export", title=_("Export records"))
def run_export(
    progress: Progress, target: str, format_name: str, flat: bool, query: str
) -> dict[str, Any]:
    """Write an export and keep the file for the person who asked."""
    progress.start(None, str(_("Writing the file")))
    name = f"{target}-{timezone.localdate():%Y%m%d}{FORMATS[format_name].suffix}"
    with tempfile.TemporaryDirectory(prefix="safelane-export-") as folder:
        path = Path(folder) / name
        with reads_limited():
            written = export_records(
                path,
                target,
                format_name,
                query=query,
                flat=flat,
                progress=lambda count: progress.advance(count - progress.done),
                by=progress.actor,
            )
        with path.open("rb") as file:
            verb = export_kind(target).verb
            stored = store_file(file, name, kind="export", verb=verb, by=progress.actor)
    url = reverse("files:download", kwargs={"uid": stored.uid})
    return {"rows": written.count, "links": [{"url": url, "label": name}]}
