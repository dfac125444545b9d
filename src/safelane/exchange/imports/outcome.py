"""How an import ends that fails, and what is kept of a file with identities."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.errors import SafelaneError
from safelane.core.files.durable import is_passing, too_long_away
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.progress import JobCancelled, JobInterrupted, JobLost
from safelane.exchange.files.errors import HIDDEN
from safelane.exchange.files.formats import BY_SUFFIX
from safelane.exchange.imports.opening import drop_open_file, let_go, sweep
from safelane.exchange.kinds import import_kinds
from safelane.exchange.models import BUSY, OPEN, ImportRun

log = logging.getLogger(__name__)

# What messages quote is a value of the file; each language quotes in its own way. A
# value may hold quotation marks too: all goes from the first to the last.
_QUOTED = re.compile("[“«„‘\"'].*[”»“’\"']", re.DOTALL)
# What may be a telephone number or the number of a paper, however it is grouped; not a
# day as rules tell it in some languages, nor the day in the number of a report.
_LONG_NUMBER = re.compile(
    r"(?P<own>(?<![\d.,()/'’-])(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])\2"
    r"(?:19|20)\d\d(?![\s.,()/'’-]?\d)|(?<=[A-Z]-)20\d{6}(?=-[A-Z]{4}))"
    r"|\d(?:[\s.,()/'’-]?\d){5,}"
)


def without_values(message: str) -> str:
    """Return a message without what it quotes from a file, and without long numbers."""
    unquoted = _QUOTED.sub(f"“{HIDDEN}”", message)
    return _LONG_NUMBER.sub(lambda found: found["own"] or HIDDEN, unquoted)


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
        if run.job and is_passing(error):  # its job is tried again
            raise
        _refuse(run, error, ends and not is_passing(error))


def _refuse(run: ImportRun, fault: Exception, ends: bool) -> None:
    is_sealed, message = run.holds_identities, _harmless(fault)
    is_told = is_sealed or run.job is None
    if isinstance(fault, SafelaneError) and not is_sealed:
        is_told, message = True, fault.message
    with suppress(DatabaseError):  # then it ends with its job
        run.refresh_from_db()
        if run.stage == Stage.DONE:  # all is in: what failed came after that
            log.error("after the end of an import: %s", message)
            return
        if is_told:  # else its job says it
            _settle(run, Stage.FAILED, message, ends)
    if is_sealed:
        raise SealedImportFailed(message) from None  # a traceback quotes values
    raise fault


@transaction.atomic
def _settle(
    run: ImportRun, stage: str, message: str, ends: bool, while_in: Sequence[str] = BUSY
) -> None:
    """End a run, or its check, with what is kept of it; not one that has gone on."""
    run.refresh_from_db(from_queryset=ImportRun.objects.select_for_update())
    if run.stage not in while_in:
        return
    run.stage, run.message = stage, message
    if stage == Stage.EXPIRED:
        run.job = None  # which can be taken up no more
    if ends:
        run.finished_at = timezone.now()
        let_go(run)
    run.save()


def _harmless(error: Exception) -> str:
    """Say what went wrong, and nothing of the values that it went wrong with."""
    if isinstance(error, SafelaneError):
        return without_values(error.message)
    if is_passing(error):
        return too_long_away().message
    place = traceback.extract_tb(error.__traceback__)[-1]
    return _("Safelane failed on this file (%(kind)s at %(place)s).") % {
        "kind": type(error).__name__,
        "place": f"{place.name}:{place.lineno}",
    }


def end_with_its_job(run: ImportRun, now: datetime | None = None) -> None:
    """Bring a run up to date whose job was cancelled or died before it could say so.

    A command has no job; what one leaves can be started again a day after it began.
    """
    if run.stage in BUSY and run.job is None:
        if run.created_at < (now or timezone.now()) - timedelta(days=1):
            said = _("This import was interrupted. What has come in until then is in.")
            _settle(run, Stage.FAILED, said, run.stage == Stage.IMPORTING)
        return
    if run.stage not in BUSY or _ended_job(run) is None:
        return
    with transaction.atomic():
        run.refresh_from_db(from_queryset=ImportRun.objects.select_for_update())
        job = _ended_job(run)
        if job is None:  # it was begun again meanwhile
            return
        is_import = run.stage == Stage.IMPORTING
        if job.status == JobRun.Status.FAILED:  # no fault of the file: it can go on
            _settle(run, Stage.FAILED, job.error, False)
        else:
            gone = Stage.CANCELLED if is_import else Stage.MAPPING
            _settle(run, gone, job.error, is_import)


def _ended_job(run: ImportRun) -> JobRun | None:
    job = JobRun.objects.filter(uid=run.job).first() if run.job else None
    return job if job and not job.is_open else None


def expire_imports(now: datetime) -> int:
    """End imports of files with identities that nobody has finished; return how many.

    Runs whose job ended without a word are brought up to date as well.
    """
    for run in ImportRun.objects.filter(stage__in=BUSY):
        end_with_its_job(run, now)
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
        _settle(run, Stage.EXPIRED, message % {"days": KEPT_DAYS}, True, OPEN)
    unfinished = ImportRun.objects.filter(holds_identities=True, finished_at=None)
    sweep(unfinished.values_list("uid", flat=True))
    return len(ended)
