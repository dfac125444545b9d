"""Beginning an import, correcting its mapping, starting it, keeping mappings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.errors import Conflict, InvalidInput, NotPermitted
from safelane.core.files.store import clean_name
from safelane.core.history.actions import Entry, record
from safelane.core.jobs.actions import start_job
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.progress import Progress
from safelane.core.scope import Actor
from safelane.exchange.files.errors import HIDDEN, UnknownCrs
from safelane.exchange.files.reading import Batch
from safelane.exchange.files.source import Source
from safelane.exchange.imports import opening
from safelane.exchange.imports.people import heading_of_values, identity_columns
from safelane.exchange.imports.reports import standing_of, take_back
from safelane.exchange.kinds import export_kind, import_kind
from safelane.exchange.mapping.column_notes import notes_on_columns
from safelane.exchange.mapping.guess import asked_words, guess_mapping
from safelane.exchange.mapping.model import READING, Mapping
from safelane.exchange.mapping.own_export import reason_columns
from safelane.exchange.models import BUSY, ImportRun, SavedMapping
from safelane.organisations.models import Country, Organisation
from safelane.organisations.queries import organisations_in_reach


def require_import(target: str, organisation: Organisation, by: Actor) -> None:
    """Raise NotPermitted or SignInNeeded unless the actor may import this for it."""
    kind = import_kind(target)
    by.require(kind.verb)
    if by.is_system or kind.is_shared:
        return
    if organisation.pk not in organisations_in_reach(by, kind.verb):
        message = _("You cannot import for “%(name)s”.")
        raise NotPermitted(message % {"name": organisation.name})


def begin_import(
    fileobj: IO[bytes],
    name: str,
    *,
    target: str,
    organisation: Organisation,
    country: Country | None = None,
    by: Actor,
) -> ImportRun:
    """Store a file, look into it and guess its mapping.

    Raises:
        NotPermitted: The actor may not import for this organisation.
        ExchangeError: The file cannot be read.
        TooLarge, StorageUnavailable: It cannot be stored.
    """
    require_import(target, organisation, by)
    place = country or organisation.country
    if place is None:
        raise InvalidInput(_("Say in which country this is."), field="country")
    run = ImportRun(
        organisation=organisation,
        country=place,
        target=target,
        file_name=clean_name(name),
        entry=_entry(target, by, organisation),
        created_by_id=by.user_id,
    )
    with opening.on_disk(fileobj) as path, Source(path, name=name) as source:
        _take_look(run, source, Mapping(target))
    if run.holds_identities:
        run.forget_name()
    with transaction.atomic():
        opening.keep_file(run, fileobj, name, by=by)
        run.save()
        checksum = run.file.sha256 if run.file else "sealed"
        _note(run, "begin", {"file": checksum, "name": run.neutral_name}, by)
    return run


def _entry(target: str, by: Actor, organisation: Organisation) -> str:
    """Return how rows come in: approved only for those who may approve all of them."""
    verb, whole = import_kind(target).approve_verb, by.for_whole_reach()
    may = by.is_system or organisation.pk in organisations_in_reach(whole, verb)
    return ImportRun.Entry.REGISTER if may else ImportRun.Entry.SUBMIT


def read_again(run: ImportRun, mapping: Mapping, *, by: Actor) -> Mapping:
    """Look into the file as the mapping says to read it, and guess the rest anew.

    Raises:
        NotPermitted, SignInNeeded: As :func:`require_import`.
        Conflict: The import is running or done.
        ExchangeError: The file cannot be read so.
    """
    _locked_open(run, by)
    with opening.opened(run, mapping) as source:  # long: nobody is to wait for it
        guessed = _take_look(run, source, mapping)
    with transaction.atomic():
        kept, run.job = _locked_open(run, by), None
        if run.holds_identities and not kept.holds_identities:
            opening.seal_now(run)
        run.save(update_fields=["info", "mapping", "stage", "holds_identities", "job"])
    return guessed


def _take_look(run: ImportRun, source: Source, mapping: Mapping) -> Mapping:
    """Guess how the columns are meant, and whether they may hold identities."""
    sample = sample_of(source, source.telling)
    if 0 < sample.progress < 1:
        share = {"share": round(100 * sample.progress)}
        source.info.notes.append(("looked-at", share))
    guessed = guess_mapping(source.info, sample, run.layout)
    for name in READING:
        setattr(guessed, name, getattr(mapping, name))
    guessed.layer = source.info.layer
    named, chosen = guessed.geometry.crs, mapping.crs
    if chosen and named and chosen != named:
        note = {"found": named, "chosen": chosen}
        source.info.notes.append(("crs-overruled", note))
    guessed.geometry.crs = chosen or named
    # A field of records about land that is called so takes no names of people.
    about_land = () if run.kind.sealed else guessed.fields.values()
    taken = {mapped.column for mapped in about_land}
    suspects = identity_columns(sample.columns)
    guessed.withheld = [name for name in suspects if name not in taken]
    if guessed.withheld or run.kind.sealed:
        run.holds_identities = True
        names = [column.name for column in source.info.columns]
        if heading_of_values(names):  # which would lie open until the end
            text = _(
                "The first row seems to hold values and not the names of the columns. "
                "Add a row of headings to the file: it may hold names of people."
            )
            raise InvalidInput(text, field="file")
    for code, said in notes_on_columns(guessed, run.layout, sample):
        if run.holds_identities:
            said |= dict.fromkeys(said.keys() & {"value", "read", "typed"}, HIDDEN)
        source.info.notes.append((code, said))
    if own := reason_columns(sample.columns):
        guessed.withheld += own
        source.info.notes.append(("reasons", {"columns": ", ".join(own)}))
    run.info = vars(source.info)
    run.mapping, run.stage = guessed.as_json(), ImportRun.Stage.MAPPING
    return guessed


def sample_of(source: Source, take: Callable[[], Batch]) -> Batch:
    """Return the rows that are taken; none while the reference system is not known."""
    try:
        return take()
    except UnknownCrs:  # the person is asked for it on the page
        return Batch([], {c.name: [] for c in source.info.columns})


@transaction.atomic
def choose_mapping(
    run: ImportRun, mapping: Mapping, *, mode: str, reason: str, by: Actor
) -> None:
    """Take over a mapping that a person has corrected.

    Raises:
        Conflict: The import is running or done.
        MappingInvalid: It does not fit the file.
    """
    _locked_open(run, by)
    before = Mapping.from_json(run.mapping)
    mapping.withheld = before.withheld
    for mapped in mapping.fields.values():
        if mapped.unit_column is None:
            mapped.unit_column = before.unit_columns.get(mapped.column, "")
    run.mapping, run.stage = mapping.as_json(), ImportRun.Stage.MAPPING
    notes = run.info["notes"]
    run.info["notes"] = [_rest(n, mapping) for n in notes if not _settled(n, mapping)]
    run.mode = ImportRun.Mode(mode)
    run.reason = reason.strip()[:300]
    run.after_row, run.counts, run.message, run.job = 0, {}, "", None
    changed = ["mapping", "stage", "info", "mode", "reason", "job"]
    run.save(update_fields=[*changed, "after_row", "counts", "message"])


def _settled(note: Sequence[Any], mapping: Mapping) -> bool:
    """Say whether a note speaks of what the mapping takes otherwise by now."""
    code, said = note
    formats = {m.column: m.date_format for m in mapping.fields.values()}
    if "format" in said:
        return bool(formats.get(said["column"]) != said["format"])
    if code == "unit-beside":
        return bool(mapping.unit_columns.get(said["column"]) != said["unit"])
    asked = set(said.get("open", ()))
    if code == "not-taken":  # a question of each column
        return asked <= mapping.used_columns
    return bool(asked & mapping.used_columns)


def _rest(note: Sequence[Any], mapping: Mapping) -> Sequence[Any]:
    """Return a note without those of its questions that the mapping has answered."""
    code, said = note
    if code != "not-taken" or not isinstance(said["open"], dict):
        return note
    left = {c: f for c, f in said["open"].items() if c not in mapping.used_columns}
    return code, {"columns": asked_words(left), "open": left}


def start_check(run: ImportRun, *, by: Actor) -> JobRun:
    """Judge every row in the background; nothing is written."""
    return _start(run, "exchange.check", ImportRun.Stage.CHECKING, by)


def start_import(run: ImportRun, *, by: Actor) -> JobRun:
    """Bring the file in, in the background.

    Raises:
        Conflict: It is running or done.
        InvalidInput: No reason is given for taking rows over without review.
    """
    if run.entry == ImportRun.Entry.REGISTER and not run.reason:
        raise InvalidInput(
            _("Say why these rows need no review, such as “legacy register of 2023”."),
            field="reason",
        )
    return _start(run, "exchange.import", ImportRun.Stage.IMPORTING, by)


@transaction.atomic
def _start(run: ImportRun, kind: str, stage: str, by: Actor) -> JobRun:
    _locked_open(run, by)
    title = opening.job_title(run)
    params = {"run": str(run.uid)}
    job = start_job(kind, params, verb=run.kind.verb, title=title, by=by)
    run.stage, run.job, run.message = stage, job.uid, ""
    run.save(update_fields=["stage", "job", "message"])
    if kind == "exchange.import":
        said = {"mode": run.mode, "entry": run.entry, "mapping": opening.kept_of(run)}
        _note(run, "import", said, by)
    return job


@transaction.atomic
def _locked_open(run: ImportRun, by: Actor) -> ImportRun:
    """Hold the row of an import until the transaction ends: nobody else acts on it.

    Raises:
        NotPermitted, SignInNeeded: As :func:`require_import`.
        Conflict: It is running or has ended.
    """
    require_import(run.target, run.organisation, by)
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    if not locked.is_open:
        raise Conflict(_("This import is running already or is done."))
    return locked


def start_export(
    target: str, format_name: str, *, flat: bool, query: str, by: Actor
) -> JobRun:
    """Write an export in the background; the file is linked from the job.

    Raises:
        NotFound, NotPermitted, SignInNeeded.
        InvalidInput: A filter does not apply to these records.
    """
    kind = export_kind(target)
    by.require(kind.verb)
    kind.narrowed(query)
    params = {"target": target, "format_name": format_name, "flat": flat}
    params |= {"query": query}
    title = _("Export: %(what)s") % {"what": kind.label}
    return start_job("exchange.export", params, verb=kind.verb, title=title, by=by)


@transaction.atomic
def keep_mapping(run: ImportRun, name: str, *, by: Actor) -> SavedMapping:
    """Keep a run's mapping under a name for the next file of this layout.

    Raises:
        InvalidInput: It needs a name.
    """
    require_import(run.target, run.organisation, by)
    if not name.strip():
        raise InvalidInput(_("Give the mapping a name."), field="name")
    kept = opening.kept_of(run) | {"may_move": False}  # which was said of this file
    saved, _created = SavedMapping.objects.update_or_create(
        organisation=run.organisation,
        target=run.target,
        name=name.strip()[:120],
        defaults={"mapping": kept},
    )
    _note(run, "keep_mapping", {"name": saved.name, "mapping": kept}, by)
    return saved


@transaction.atomic
def discard_import(run: ImportRun, *, by: Actor) -> ImportRun:
    """End an import that has not begun to come in; a sealed file is destroyed.

    Raises:
        Conflict: It is running or has ended.
    """
    locked = _locked_open(run, by)
    locked.stage, locked.finished_at = ImportRun.Stage.CANCELLED, timezone.now()
    locked.job = None  # a job that was cancelled takes it up no more
    opening.let_go(locked)
    locked.save()
    _note(locked, "discard", {}, by)
    return locked


@transaction.atomic
def withdraw_import(run: ImportRun, reason: str, *, by: Actor) -> JobRun:
    """Take back, in the background, all that an import brought in: with one reason.

    Raises:
        Conflict: It is not done, is being taken back, or rows of its kind cannot be.
        InvalidInput: No reason is given.
        NotPermitted: A record is not the actor's to withdraw; then none is.
    """
    require_import(run.target, run.organisation, by)
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    if not can_withdraw(locked):
        raise Conflict(_("This import cannot be taken back."))
    locked.message = reason.strip()[:300]
    if not locked.message:
        raise InvalidInput(_("Say why the import is taken back."), field="reason")
    take_back(locked, locked.message, by)  # whether the actor may
    title = opening.job_title(run)
    params = {"run": str(run.uid)}
    job = start_job("exchange.withdraw", params, verb=run.kind.verb, title=title, by=by)
    locked.stage, locked.job = ImportRun.Stage.WITHDRAWING, job.uid
    locked.finished_at = locked.finished_at or timezone.now()
    opening.let_go(locked)  # of one that ended half-way, what is not in comes no more
    locked.save()
    return job


def can_withdraw(run: ImportRun) -> bool:
    """Say whether an import can be taken back, or a try that failed be taken up.

    One that was stopped or broke half-way can, as soon as a row of it is in.
    """
    stage = ImportRun.Stage
    if run.kind.reports is None or run.stage in (*BUSY, stage.WITHDRAWN):
        return False
    if run.stage == stage.WITHDRAWING:
        jobs = JobRun.objects.filter(uid__in=[run.job] if run.job else [])
        return not any(job.is_open for job in jobs)
    return run.stage == stage.DONE or bool(standing_of(run).exists())


def carry_out_withdrawal(run: ImportRun, progress: Progress) -> None:
    """Take back what an import brought in; after a kill, what is left of it."""
    progress.start(None, run.get_stage_display())
    batches, count = take_back(run, run.message, progress.actor), 1
    while count:
        with transaction.atomic():  # what is withdrawn, and its number, or neither
            count = next(batches, 0)
            run.counts["withdrawn"] = run.counts.get("withdrawn", 0) + count
            run.stage = run.stage if count else ImportRun.Stage.WITHDRAWN
            run.save(update_fields=["counts", "stage"])
            if not count:
                said = {"records": run.counts["withdrawn"], "reason": run.message}
                _note(run, "withdraw", said, progress.actor)
            progress.checkpoint()  # another worker may have taken it over meanwhile
        progress.advance(count)


def _note(run: ImportRun, verb: str, said: dict[str, Any], by: Actor) -> None:
    home, verb, after = run.organisation_id, f"import.{verb}", {"target": run.target}
    entry = Entry(home, verb, "import", run.uid, run.neutral_name, after=after | said)
    record(replace(entry, permission=run.kind.verb), by=by)
