"""How an import ends that fails, and what is kept of a file with identities."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.errors import SafelaneError
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.progress import JobCancelled, JobInterrupted, JobLost
from safelane.exchange.files.formats import BY_SUFFIX
from safelane.exchange.imports.opening import HIDDEN, drop_open_file, let_go, sweep
from safelane.exchange.kinds import import_kinds
from safelane.exchange.models import OPEN, ImportRun

# What messages quote is a value of the file; each language quotes in its own way.
_QUOTED = re.compile(r"“[^”]*”|«[^»]*»|„[^“”]*[“”]|‘[^’]*’|\"[^\"]*\"|'[^']*'")


def without_values(message: str) -> str:
    """Return a message without what it quotes from a file."""
    return _QUOTED.sub(f"“{HIDDEN}”", message)


KEPT_DAYS = 7
Stage = ImportRun.Stage


class SealedImportFailed(SafelaneError):
    """The import of a file that may hold identities has failed; it was not kept."""

    http_status = 422


@contextmanager
def explained(run: ImportRun, *, ends: bool) -> Iterator[None]:
    """Keep with the run why it was refused, without values of a sealed file.

    Args:
        ends: The import ends with this, as a mere check does not.
    """
    try:
        yield
    except (JobInterrupted, JobLost):  # another worker goes on with it
        raise
    except JobCancelled:
        _settle(run, Stage.CANCELLED if ends else Stage.MAPPING, "", ends)
        raise
    except Exception as error:
        if run.holds_identities:
            message = _harmless(error)
            _settle(run, Stage.FAILED, message, ends)
            raise SealedImportFailed(message) from None  # a traceback quotes values
        if isinstance(error, SafelaneError):
            _settle(run, Stage.FAILED, error.message, ends)
        raise


@transaction.atomic
def _settle(run: ImportRun, stage: str, message: str, ends: bool) -> None:
    run.refresh_from_db(fields=["after_row"])
    run.stage, run.message = stage, message
    if ends:
        run.finished_at = timezone.now()
        let_go(run)
    run.save()


def _harmless(error: Exception) -> str:
    """Say what went wrong, and nothing of the values that it went wrong with."""
    if isinstance(error, SafelaneError):
        return without_values(error.message)
    place = traceback.extract_tb(error.__traceback__)[-1]
    return _("Safelane failed on this file (%(kind)s at %(place)s).") % {
        "kind": type(error).__name__,
        "place": f"{place.name}:{place.lineno}",
    }


def end_with_its_job(run: ImportRun) -> None:
    """Bring a run up to date whose job was cancelled or died before it could say so."""
    if run.stage not in (Stage.CHECKING, Stage.IMPORTING) or run.job is None:
        return
    job = JobRun.objects.filter(uid=run.job).first()
    if job is None or job.is_open:
        return
    is_import = run.stage == Stage.IMPORTING
    failed = job.status == JobRun.Status.FAILED
    gone = Stage.CANCELLED if is_import else Stage.MAPPING
    _settle(run, Stage.FAILED if failed else gone, job.error, is_import)


def expire_imports(now: datetime) -> int:
    """End imports of files with identities that nobody has finished; return how many.

    Runs whose job ended without a word are brought up to date as well.
    """
    for run in ImportRun.objects.filter(stage__in=[Stage.CHECKING, Stage.IMPORTING]):
        end_with_its_job(run)
    old = ImportRun.objects.filter(
        holds_identities=True, created_at__lt=now - timedelta(days=KEPT_DAYS)
    )
    sealed = [kind.name for kind in import_kinds() if kind.sealed]
    # Stored openly, before files with identities were sealed.
    for run in ImportRun.objects.filter(target__in=sealed, file__isnull=False):
        drop_open_file(run)
    # Kept by their own name, before such names were forgotten.
    named = ImportRun.objects.filter(holds_identities=True)
    for run in named.exclude(file_name__in=("", *BY_SUFFIX)):
        run.forget_name()
        run.save(update_fields=["file_name"])
    ended = list(old.filter(stage__in=OPEN, finished_at__isnull=True))
    for run in ended:
        message = _("Nobody finished this import within %(days)s days.")
        _settle(run, Stage.EXPIRED, message % {"days": KEPT_DAYS}, True)
    unfinished = ImportRun.objects.filter(holds_identities=True, finished_at=None)
    sweep(unfinished.values_list("uid", flat=True))
    return len(ended)
