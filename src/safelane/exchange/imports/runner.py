"""Checking a file and bringing it in, batch by batch.

*Leave out and list*: every batch is one transaction that also moves ``after_row``; an
import that is killed goes on behind it. *All or none*: the whole file is checked first,
without writing; only if no row is at fault do all batches go in, inside one
transaction. A kill before its end leaves nothing, and the import starts again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import closing, contextmanager

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.bulk.garbage import seldom_collected
from safelane.core.bulk.interplay import short_turns
from safelane.core.errors import Conflict
from safelane.core.files import path_of
from safelane.core.jobs.progress import Progress
from safelane.core.sqlite.bulk import much_writing
from safelane.exchange import Source, open_source
from safelane.exchange.files.reprojection import crs_label
from safelane.exchange.imports.faults import keep
from safelane.exchange.imports.pipeline import Step, steps
from safelane.exchange.intake import Intake
from safelane.exchange.kinds import import_kind
from safelane.exchange.mapping import Mapping, apply_mapping
from safelane.exchange.models import ImportRun
from safelane.organisations.packs import pack_of

BATCH_ROWS = 10_000
_WHOLE_FILE = 10_000_000
_SHARES = 1000


@contextmanager
def opened(run: ImportRun, mapping: Mapping | None = None) -> Generator[Source]:
    """Open the stored file of a run as its mapping says."""
    chosen = mapping or Mapping.from_json(run.mapping)
    with open_source(
        path_of(run.file.sha256),
        name=run.file.name,
        layer=chosen.layer,
        encoding=chosen.encoding,
        crs=chosen.crs,
    ) as source:
        yield source


def check_file(run: ImportRun, progress: Progress) -> None:
    """Judge every row without writing any; the report is kept with the run.

    Raises:
        ExchangeError: The file cannot be read to its end.
    """
    run.faults.all().delete()
    run.counts, run.after_row = {}, 0
    totals: Counter[str] = Counter()
    for step in _prepared(run, progress, import_kind(run.target).intake(run)):
        prepared = step.prepared
        totals.update(rows=len(step.rows), good=len(prepared.items))
        totals["unchanged"] += prepared.unchanged
        totals["faulty"] += len({c.row for c in prepared.complaints if c.blocks})
        keep(run, prepared.complaints)
        run.counts = dict(totals) | {"faults": run.counts.get("faults", {})}
    run.stage = ImportRun.Stage.CHECKED
    run.save()


def import_file(run: ImportRun, progress: Progress) -> None:
    """Bring the file in as its mode says; running it again brings in what is missing.

    Raises:
        Conflict: Rows are at fault and all or none were to come in.
        ExchangeError: The file cannot be read to its end.
    """
    with much_writing(connection), seldom_collected(), short_turns():
        if run.mode == ImportRun.Mode.ALL:
            _import_all(run, progress)
        else:
            _import_batches(run, progress)


def _import_all(run: ImportRun, progress: Progress) -> None:
    check_file(run, progress)
    _refuse_faulty(run)
    run.stage = ImportRun.Stage.IMPORTING
    run.save()
    with transaction.atomic():
        _write_all(run, progress)
        _finish(run)


def _import_batches(run: ImportRun, progress: Progress) -> None:
    if not run.after_row:
        run.faults.all().delete()
        run.counts = {}
    run.stage = ImportRun.Stage.IMPORTING
    run.save()
    _write_batches(run, progress)
    _finish(run)


def _refuse_faulty(run: ImportRun) -> None:
    faulty = run.counts.get("faulty", 0)
    if faulty:
        raise Conflict(
            _(
                "%(count)s rows are at fault, so nothing came in. Correct them, or "
                "choose to leave them out."
            )
            % {"count": faulty}
        )


def _finish(run: ImportRun) -> None:
    run.stage = ImportRun.Stage.DONE
    run.finished_at = timezone.now()
    run.message = ""
    run.save()


def _write_all(run: ImportRun, progress: Progress) -> None:
    intake = import_kind(run.target).intake(run)
    totals: Counter[str] = Counter()
    with closing(_prepared(run, progress, intake)) as found:
        for step in found:
            prepared = step.prepared
            totals.update(intake.write(prepared, by=progress.actor))
            totals["rows"] += len(step.rows)
            if any(c.blocks for c in prepared.complaints):
                keep(run, prepared.complaints)
                run.counts["faulty"] = len({c.row for c in prepared.complaints})
                _refuse_faulty(run)
            progress.check()
    run.counts |= dict(totals)


def _write_batches(run: ImportRun, progress: Progress) -> None:
    intake = import_kind(run.target).intake(run)
    totals = Counter({k: v for k, v in run.counts.items() if isinstance(v, int)})
    with closing(_prepared(run, progress, intake, after=run.after_row)) as found:
        for step in found:
            with transaction.atomic():
                totals.update(intake.write(step.prepared, by=progress.actor))
                _note(run, step, totals)
                progress.checkpoint(after_row=run.after_row)


def _note(run: ImportRun, step: Step, totals: Counter[str]) -> None:
    """Save how far the import is, in the transaction that writes the batch."""
    complaints = step.prepared.complaints
    totals["rows"] += len(step.rows)
    totals["faulty"] += len({c.row for c in complaints if c.blocks})
    keep(run, complaints)
    run.counts = dict(totals) | {"faults": run.counts["faults"]}
    run.after_row = step.rows[-1]
    run.save(update_fields=["counts", "after_row"])


def _prepared(
    run: ImportRun, progress: Progress, intake: Intake, after: int = 0
) -> Generator[Step]:
    mapping = Mapping.from_json(run.mapping)
    kind = import_kind(run.target)
    target = kind.target(pack_of(run.country))
    with opened(run, mapping) as source:
        mapping.check(source.info, target)
        crs = crs_label(source.info.crs) if source.info.crs else ""
        progress.start(_SHARES, run.get_stage_display())
        size = _WHOLE_FILE if kind.is_whole else BATCH_ROWS
        mapped = (
            apply_mapping(mapping, target, batch, crs)
            for batch in source.batches(size, after=after)
        )
        for step in steps(mapped, intake):
            yield step
            progress.advance(round(step.progress * _SHARES) - progress.done)
