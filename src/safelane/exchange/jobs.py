"""Imports and exports as jobs: seen, stoppable, and going on after a kill."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from safelane.core.errors import Conflict
from safelane.core.files.store import store_file
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.progress import Progress
from safelane.core.jobs.runner import job
from safelane.core.protect.timelimit import reads_limited
from safelane.exchange.actions import carry_out_withdrawal
from safelane.exchange.exports import export_records
from safelane.exchange.files.formats import FORMATS
from safelane.exchange.imports.runner import check_file, import_file
from safelane.exchange.kinds import export_kind
from safelane.exchange.models import ImportRun

Stage = ImportRun.Stage
_STAGES = {  # while a job works on an import, and when it has done so
    "exchange.check": (Stage.CHECKING, Stage.CHECKED),
    "exchange.import": (Stage.IMPORTING, Stage.DONE),
    "exchange.withdraw": (Stage.WITHDRAWING, Stage.WITHDRAWN),
}
_ENDED = [ended for _at_work, ended in _STAGES.values()]


@transaction.atomic
def take_up(job: JobRun) -> None:
    """Let a job go on with its import where it left it.

    Raises:
        Conflict: The import has gone on without it.
    """
    locked = ImportRun.objects.select_for_update().get(uid=job.params["run"])
    if locked.job != job.uid:
        raise Conflict(
            gettext(
                "This import has gone on since: it was changed, ended, or given to "
                "another job. Open the import to see where it stands."
            )
        )
    at_work, ended = _STAGES[job.kind]
    if locked.stage != ended:
        locked.stage = at_work
        locked.save(update_fields=["stage"])


@job("exchange.check", title=_("Check a file"), take_up=take_up)
def run_check(progress: Progress, run: str) -> dict[str, Any]:
    """Judge every row of a file; nothing is written."""
    return _carried_out(check_file, run, progress)


@job("exchange.import", title=_("Import a file"), take_up=take_up)
def run_import(progress: Progress, run: str) -> dict[str, Any]:
    """Bring a file in; after a kill it goes on where it was."""
    return _carried_out(import_file, run, progress)


@job("exchange.withdraw", title=_("Take an import back"), take_up=take_up)
def run_withdraw(progress: Progress, run: str) -> dict[str, Any]:
    """Take back what a file brought in; after a kill it goes on where it was."""
    return _carried_out(carry_out_withdrawal, run, progress)


def _carried_out(
    work: Callable[[ImportRun, Progress], None], uid: str, progress: Progress
) -> dict[str, Any]:
    run = ImportRun.objects.get(uid=uid)
    # Killed after its last commit, a job is done although nobody has noted it.
    if run.stage not in _ENDED:
        work(run, progress)
    url = reverse("exchange:import-run", kwargs={"uid": run.uid})
    label = str(_("Open the import"))
    return {"links": [{"url": url, "label": label}]}  # which tells what each may know


@job("exchange.export", title=_("Export records"))
def run_export(
    progress: Progress, target: str, format_name: str, flat: bool, query: str
) -> dict[str, Any]:
    """Write an export and keep the file for the person who asked."""
    kept = progress.resumed
    # What another may see is not theirs.
    if "file" not in kept or kept.get("by") != progress.actor.user_id:
        kept = _exported(progress, target, format_name, flat, query)
    url = reverse("files:download", kwargs={"uid": kept["file"]})
    return {"rows": kept["rows"], "links": [{"url": url, "label": kept["name"]}]}


def _exported(
    progress: Progress, target: str, format_name: str, flat: bool, query: str
) -> dict[str, Any]:
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
        verb, by = export_kind(target).verb, progress.actor
        with path.open("rb") as file, transaction.atomic():
            stored = store_file(file, name, kind="export", verb=verb, by=by)
            kept = {"file": str(stored.uid), "name": name, "rows": written.count}
            kept["by"] = by.user_id
            progress.checkpoint(**kept)  # a job that is killed now makes no second one
    return kept
