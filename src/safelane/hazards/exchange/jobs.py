"""Imports as jobs: their progress is seen, they can be stopped and go on after a kill."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from safelane.core.errors import SafelaneError
from safelane.core.jobs import JobCancelled, Progress, job
from safelane.hazards.exchange.imports.runner import check_file, import_file
from safelane.hazards.exchange.models import ImportRun

CHECK, IMPORT = "exchange.check", "exchange.import"


def register_jobs() -> None:
    """Make the jobs known to the workers."""
    job(CHECK, title=_("Check a file"))(run_check)
    job(IMPORT, title=_("Import a file"))(run_import)


def run_check(progress: Progress, run: str) -> dict[str, Any]:
    """Judge every row of a file; nothing is written."""
    found = ImportRun.objects.get(uid=run)
    with _explained(found):
        check_file(found, progress)
    return _result(found)


def run_import(progress: Progress, run: str) -> dict[str, Any]:
    """Bring a file in; after a kill it goes on where it was."""
    found = ImportRun.objects.get(uid=run)
    with _explained(found):
        import_file(found, progress)
    return _result(found)


def _result(run: ImportRun) -> dict[str, Any]:
    from django.urls import reverse

    url = reverse("hazards:import-run", kwargs={"uid": run.uid})
    label = str(_("Open the import"))
    return {"counts": run.counts, "links": [{"url": url, "label": label}]}


class _explained:  # noqa: N801 - reads as a statement
    """Keep with the run why it was refused."""

    def __init__(self, run: ImportRun) -> None:
        self._run = run

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, SafelaneError) and not isinstance(error, JobCancelled):
            self._run.refresh_from_db(fields=["after_row"])
            self._run.stage = ImportRun.Stage.FAILED
            self._run.message = error.message
            self._run.save()
