"""Checking a file and bringing it in, batch by batch.

*All or none*: one transaction. Each row is judged once and written as soon as it is;
the first fault takes everything back, and the rows behind it are only judged, so that
the report names all faults. A kill before the end leaves nothing, and the import starts
again. *Leave out and list*: every batch is one transaction that also moves
``after_row``; an import that is killed goes on behind it.

The next rows are prepared while the last ones are being written. A batch goes four
ways: it is *begun* (read and mapped), *looked up* (what the database knows of its
rows), *judged*, and written. Beginning and judging ask the database nothing; they run
in a thread of their own, in the order of the file. Looking up and writing stay with the
caller's connection and transaction. What comes out is what one batch after the other
would give: a batch is looked up before the one in front of it is written only if the
two speak of different areas.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from contextvars import copy_context
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from safelane.core.bulk.columns import insert_columns
from safelane.core.bulk.sending import much_writing
from safelane.core.errors import Conflict
from safelane.core.jobs.progress import Progress
from safelane.core.scope import Actor
from safelane.exchange.files.errors import ERROR
from safelane.exchange.files.reading import SourceInfo
from safelane.exchange.files.reprojection import crs_label
from safelane.exchange.files.source import Source
from safelane.exchange.imports.opening import let_go, opened
from safelane.exchange.imports.others import Others, wait_for_turn
from safelane.exchange.imports.outcome import explained, without_values
from safelane.exchange.kinds import Complaint, Intake, Prepared
from safelane.exchange.mapping.apply import MappedBatch, apply_mapping
from safelane.exchange.mapping.model import Mapping
from safelane.exchange.models import ImportFault, ImportRun

Mapped = Generator[MappedBatch]


def steps(mapped: Mapped, intake: Intake) -> Iterator[Prepared]:
    """Yield batches in order; write each before asking for the next.

    Raises:
        ExchangeError: The file is damaged further down; all before it was yielded.
    """
    if intake.works_ahead:
        yield from _prepared_ahead(mapped, intake)
        return
    yield from map(intake.prepare, mapped)


def _prepared_ahead(mapped: Mapped, intake: Intake) -> Iterator[Prepared]:
    # The thread has ended by the time the file is closed.
    with closing(mapped), ThreadPoolExecutor(1, "import-ahead") as pool:
        line = _Line(pool, mapped, intake)
        if step := line.coming.result():
            line.take(step)
        while step:
            line.judging.result()
            fault = line.coming.exception()
            following = None if fault else line.coming.result()
            # Writing one batch changes nothing that the other looks up.
            apart = following and intake.subjects(step).isdisjoint(
                intake.subjects(following)
            )
            if following and apart:
                line.take(following)
            yield step
            if fault:
                raise fault
            if following and not apart:
                line.take(following)
            step = following


class _Line:
    """One batch being judged, and the one behind it being begun."""

    def __init__(
        self, pool: ThreadPoolExecutor, mapped: Mapped, intake: Intake
    ) -> None:
        self._pool, self._mapped, self._intake = pool, mapped, intake
        self.judging: Future[None]
        self.coming: Future[Prepared | None] = self._aside(self._begin)

    def take(self, step: Prepared) -> None:
        """Look a batch up, then let it be judged and the next one begun."""
        self._intake.look_up(step)
        self.judging = self._aside(self._intake.judge, step)
        self.coming = self._aside(self._begin)

    def _begin(self) -> Prepared | None:
        return next(map(self._intake.begin, self._mapped), None)

    def _aside(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """Do work in the thread, in the language of the caller."""
        context, language = copy_context(), get_language()
        spoken = partial(_speaking, language, _without_database, work)
        return self._pool.submit(context.run, spoken, *given)


def _speaking(language: str | None, work: Callable[..., Any], *given: Any) -> Any:
    with translation.override(language):  # which a context does not carry
        return work(*given)


def _without_database(work: Callable[..., Any], *given: Any) -> Any:
    def refuse(*_query: Any) -> NoReturn:
        """This thread's connection would not see what is being written beside it."""
        raise AssertionError("a batch is begun and judged without the database")

    with connection.execute_wrapper(refuse):
        return work(*given)


BATCH_ROWS = 10_000
_WHOLE_FILE = 10_000_000
_SHARES = 1000
MAX_LISTED = 50_000
OF_EACH_KIND = 100  # are listed in any case
FIRST = "first"
WRITTEN = ("created", "updated")
SHOWN = ("rows", "good", "unchanged")  # also when there are none


def check_file(run: ImportRun, progress: Progress) -> None:
    """Judge every row without writing any; the report is kept with the run.

    Raises:
        ExchangeError: The file cannot be read to its end.
    """
    run.stage = ImportRun.Stage.CHECKING
    with explained(run, ends=False):
        begin(run, progress.actor)
        intake, report = run.kind.intake(run), Report(run)
        with closing(_prepared(run, progress, intake)) as found:
            for prepared in found:
                intake.try_out(prepared, by=progress.actor)
                report.take(prepared)
        report.save()
        run.stage = ImportRun.Stage.CHECKED
        run.save()


def import_file(run: ImportRun, progress: Progress) -> None:
    """Bring the file in as its mode says; running it again brings in what is missing.

    Raises:
        Conflict: Rows are at fault and all or none were to come in.
        ExchangeError: The file cannot be read to its end.
        SealedImportFailed: Instead of these, where the file may hold identities.
    """
    run.stage = ImportRun.Stage.IMPORTING
    is_all = run.mode == ImportRun.Mode.ALL
    with explained(run, ends=True), much_writing(connection):
        if is_all or not run.after_row:
            begin(run, progress.actor)
        else:
            run.keep_eyes()
            run.save()
        (_import_all if is_all else _import_batches)(run, progress)


def begin(run: ImportRun, by: Actor) -> None:
    """Forget what an earlier look has found, and judge for who starts this one."""
    run.faults.all().delete()
    run.judged_by_id, run.judged_with = by.user_id, []
    run.keep_eyes()
    run.counts, run.after_row, run.message = {}, 0, ""
    run.save()


class Report:
    """What a run has found so far: how many rows of which kind, and their faults.

    All faults are counted, and as many listed as a person can read: of each row at
    fault the first, and apart from these so many faults and so many notes, whatever
    else stands before them. Of a file that may hold identities only row and reason are
    kept.
    """

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        counted = {k: v for k, v in run.counts.items() if isinstance(v, int)}
        self.totals = Counter(counted)
        self._found = Counter[str](run.counts.get("faults", {}))
        self._listed = _listed_before(run) if self._found else Counter[Any]()
        self._waiting: list[Complaint] = []
        self._placed_otherwise = run.kind.is_placed_by_facts

    def take(self, prepared: Prepared) -> int:
        """Count a batch; return how many of its rows are at fault."""
        complaints = prepared.complaints
        faulty = len({c.row for c in complaints if c.blocks})
        self.totals.update(
            rows=len(prepared.rows),
            good=len(prepared.items),
            unchanged=prepared.unchanged,
            faulty=faulty,
        )
        if not self._placed_otherwise:
            self.totals["unplaced"] += len(prepared.nowhere & prepared.items.keys())
        self._found.update(c.code for c in complaints)
        listed = list(self._chosen(complaints))
        if self._run.holds_identities:
            chosen = Mapping.from_json(self._run.mapping).fields
            fields = {name: name for name in chosen}
            fields |= {m.column: name for name, m in chosen.items() if m.column}
            listed = [_reason_only(c, fields) for c in listed]
        self._waiting += listed
        return faulty

    def _chosen(self, complaints: Iterable[Complaint]) -> Iterator[Complaint]:
        """Yield what is listed of a batch, which holds its rows whole."""
        named: set[int] = set()
        for c in complaints:
            is_first = c.blocks and c.row not in named
            kind, place = (c.level, c.code, c.column), FIRST if is_first else c.level
            if is_first:
                named.add(c.row)
            listed = self._listed
            if listed[place] < MAX_LISTED or listed[kind] < OF_EACH_KIND:
                listed.update((kind, place))
                yield c

    def forget_written(self) -> None:
        """Count nothing as written, since it was taken back."""
        for name in WRITTEN:
            self.totals.pop(name, None)

    @transaction.atomic(savepoint=False)
    def save(self) -> None:
        """Keep the counts in the run, and its faults beside it; not yet the run."""
        counts = {k: n for k, n in self.totals.items() if n or k in SHOWN}
        self._run.counts = counts | {"faults": dict(self._found)}
        listed, self._waiting = self._waiting, []
        if not listed:
            return
        insert_columns(
            ImportFault,
            {
                "run_id": [self._run.pk] * len(listed),
                "row": [c.row for c in listed],
                "column": [c.column[:200] for c in listed],
                "level": [c.level for c in listed],
                "code": [c.code[:60] for c in listed],
                "message": [c.message for c in listed],
                "is_open": [c.is_open for c in listed],
                "lon": [c.where[0] if c.where else None for c in listed],
                "lat": [c.where[1] if c.where else None for c in listed],
            },
            len(listed),
        )


def _listed_before(run: ImportRun) -> Counter[Any]:
    """Return how many are listed of each kind and place, where an import goes on."""
    listed = Counter[Any]()
    groups = run.faults.order_by().values_list("level", "code", "column")
    for *kind, count in groups.annotate(n=Count("pk")):
        listed[tuple(kind)] = count
        listed[kind[0]] += count
    rows = run.faults.filter(level=ERROR).values("row").distinct().count()
    listed[FIRST], listed[ERROR] = rows, listed[ERROR] - rows
    return listed


def _reason_only(complaint: Complaint, fields: dict[str, str]) -> Complaint:
    """Name the field, never a heading: of a file without headings it is a value."""
    message = without_values(complaint.message)
    column = fields.get(complaint.column, "")
    return replace(complaint, message=message, column=column, where=None)


def _import_all(run: ImportRun, progress: Progress) -> None:
    report = Report(run)
    with ExitStack() as until_read:
        with transaction.atomic():
            wait_for_turn(run)  # nobody writes of these records until all are in
            intake = run.kind.intake(run)
            found = until_read.enter_context(closing(_prepared(run, progress, intake)))
            if not _write_until_fault(found, intake, report, progress):
                progress.checkpoint()
                return _finish(run, report)
            transaction.set_rollback(True)
        report.forget_written()
        for prepared in found:
            report.take(prepared)
    report.save()
    run.save()
    raise Conflict(  # how many, hangs on what the one who started it may see
        _(
            "Rows are at fault, so nothing came in. Correct them, or choose to leave "
            "them out."
        )
    )


def _write_until_fault(
    found: Iterator[Prepared], intake: Intake, report: Report, progress: Progress
) -> bool:
    """Write batch by batch; stop at the first that holds a fault and say so."""
    for prepared in found:
        is_sound = not any(c.blocks for c in prepared.complaints)
        written = intake.write(prepared, by=progress.actor) if is_sound else Counter()
        if report.take(prepared):
            return True
        report.totals.update(written)
        progress.check()
    return False


@transaction.atomic
def _finish(run: ImportRun, report: Report) -> None:
    report.save()
    run.stage, run.finished_at, run.message = ImportRun.Stage.DONE, timezone.now(), ""
    let_go(run)
    run.save()


def _import_batches(run: ImportRun, progress: Progress) -> None:
    report, others = Report(run), Others(run)
    intake = run.kind.intake(run)
    with closing(_prepared(run, progress, intake, after=run.after_row)) as found:
        for judged in found:
            with transaction.atomic():
                wait_for_turn(run)
                prepared, way_in = others.judged_again(judged, intake)
                written = way_in.write(prepared, by=progress.actor)
                others.pass_over_own()
                report.take(prepared)
                report.totals.update(written)
                report.save()
                run.after_row = prepared.rows[-1]
                run.save(update_fields=["counts", "after_row"])
                progress.checkpoint(after_row=run.after_row)
    _finish(run, report)


def _prepared(
    run: ImportRun, progress: Progress, intake: Intake, after: int = 0
) -> Generator[Prepared]:
    mapping = Mapping.from_json(run.mapping)
    with opened(run, mapping) as source:
        # Columns that come up late are known since the first look at the file.
        mapping.check(SourceInfo.from_wire(run.info), run.layout)
        progress.start(_SHARES, run.get_stage_display())
        for prepared in steps(_mapped(run, mapping, source, after), intake):
            yield prepared
            progress.advance(round(prepared.progress * _SHARES) - progress.done)


def _mapped(run: ImportRun, mapping: Mapping, source: Source, after: int) -> Mapped:
    crs = crs_label(source.info.crs) if source.info.crs else ""
    size, target = _WHOLE_FILE if run.kind.is_whole else BATCH_ROWS, run.layout
    for batch in source.batches(size, after=after):
        mapped = apply_mapping(mapping, target, batch, crs)
        if run.holds_identities:
            mapped.faults = [fault.without_values() for fault in mapped.faults]
        yield mapped
