"""`safelane import` and `safelane export`: files in and out, as the pages do it."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safelane.cli.console import emit, errors, steps, table
from safelane.cli.workspace import operator, set_up

if TYPE_CHECKING:
    from collections.abc import Iterable

    from safelane.exchange.mapping.model import Mapping
    from safelane.exchange.models import ImportRun

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
AcceptMoves = Annotated[
    bool,
    typer.Option(
        "--accept-moves", help="Known references may have another place or day."
    ),
]
KINDS = "such as hazards or accidents; a name that is none lists all."
FORMATS = "csv, xlsx, geojson, gpkg, shapefile, kml, kmz or filegdb."
SHOWN = 20
Notes = list[tuple[str, str]]  # what is said, and in which colour
Separator = StrEnum("Separator", "comma semicolon tab bar")


def import_(
    file: Annotated[Path, typer.Argument(help="The file to import.", exists=True)],
    target: Annotated[str, typer.Option(help=f"What it holds, {KINDS}")] = "hazards",
    organisation: Annotated[
        str, typer.Option(help="Short name of the organisation that answers for it.")
    ] = "",
    country: Annotated[
        str,
        typer.Option(help="Pack or code, as laos or LAO; the organisation's without."),
    ] = "",
    mapping: Annotated[
        Path | None, typer.Option(help="A mapping saved as JSON; guessed without.")
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option(help="One value for all rows, as level=1; may be repeated."),
    ] = None,
    save_mapping: Annotated[
        Path | None, typer.Option(help="Write the mapping used to this file.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check every row and write nothing.")
    ] = False,
    skip_faulty: Annotated[
        bool, typer.Option("--skip-faulty", help="Leave faulty rows out and list them.")
    ] = False,
    accept_moves: AcceptMoves = False,
    reason: Annotated[
        str, typer.Option(help="Why the rows need no review row by row.")
    ] = "Import from the command line",
    layer: Annotated[str, typer.Option(help="Layer or sheet; the first without.")] = "",
    encoding: Annotated[str, typer.Option(help="Encoding of the text.")] = "",
    crs: Annotated[str, typer.Option(help="Such as EPSG:32648, if unnamed.")] = "",
    separator: Annotated[
        Separator | None, typer.Option(help="Of the cells of a CSV; found without.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Import a file: CSV, XLSX, GeoJSON, GeoPackage, Shapefile, KML, geodatabase.

    All rows come in, or none; with --skip-faulty the faulty ones are left out and
    listed. The same file twice changes nothing. Exit code 1: rows are at fault.
    """
    set_up()
    reading = (layer, encoding, crs, separator or "")
    run = _begin(file, target, (organisation, country), reading)
    _choose(run, _mapping(run, mapping, value or (), accept_moves), skip_faulty, reason)
    _keep_mapping(run, save_mapping)
    _carry_out(run, dry_run, as_json)


def _tell(run: ImportRun, notes: Notes, lines: str, as_json: bool) -> None:
    """Print what came of an import; end with 1 where rows are at fault."""
    run.refresh_from_db()
    emit(_summary(run, notes), as_json=as_json, text=_report(run, lines))
    for said in () if as_json else _said_at_the_end(run):
        errors.print(said, style="yellow", markup=False)
    if run.counts.get("faulty"):
        raise typer.Exit(1)


def _begin(
    file: Path, target: str, owner: tuple[str, str], choice: tuple[str, ...]
) -> ImportRun:
    from safelane.exchange.actions import begin_import, read_again
    from safelane.exchange.mapping.model import READING, Mapping

    by = operator()
    with file.open("rb") as stream:
        run = begin_import(
            stream,
            file.name,
            target=target,
            organisation=_home(owner[0]),
            country=country_named(owner[1]),
            by=by,
        )
    if any(choice):
        said: Any = dict(zip(READING, choice, strict=True))
        read_again(run, Mapping(target, **said), by=by)
    return run


def _home(short_name: str) -> Any:
    from safelane.core.errors import NotFound
    from safelane.organisations.models import Organisation

    known = Organisation.objects.order_by("short_name")
    if not short_name and known.count() == 1:
        return known.get()
    found = known.filter(short_name=short_name).first()
    if found is None:
        names = ", ".join(known.values_list("short_name", flat=True)) or "-"
        raise NotFound(f"Name an organisation with --organisation: {names}.")
    return found


def country_named(name: str) -> Any:
    """Return a country of the workspace by pack or code; None without a name."""
    from safelane.core.errors import NotFound
    from safelane.countries import pack_named
    from safelane.countries.errors import UnknownPack
    from safelane.organisations.models import Country

    if not name:
        return None
    known = Country.objects.order_by("code")
    if (found := known.filter(code=name.upper()).first()) is not None:
        return found
    names = ", ".join(known.values_list("code", flat=True)) or "-"
    try:
        pack = pack_named(name).code
    except UnknownPack as fault:
        raise NotFound(f"{fault} Countries here: {names}.") from fault
    if (found := known.filter(pack=pack).first()) is not None:
        return found
    raise NotFound(
        f"{name} is no country of this workspace. Countries here: {names}. Add it with "
        f"`safelane init --country {pack}`."
    )


def _mapping(
    run: ImportRun, file: Path | None, values: Iterable[str], may_move: bool
) -> Mapping:
    """Return the mapping of a file or as guessed, with what holds for all rows."""
    from safelane.core.errors import InvalidInput
    from safelane.exchange.mapping.model import FieldMapping, Mapping

    said = json.loads(file.read_text("utf-8")) if file else run.mapping
    mapping = Mapping.from_json(said)
    mapping.may_move = may_move  # which is said of one file, not of a layout
    for value in values:
        name, _equals, constant = value.partition("=")
        if not constant:
            raise InvalidInput(f"--value {value} gives no value. Write it as level=1.")
        mapping.fields[name] = FieldMapping(constant=constant)
    return mapping


def _choose(run: ImportRun, mapping: Mapping, skip: bool, reason: str) -> None:
    from safelane.exchange.actions import choose_mapping

    mode = run.Mode.SKIP if skip else run.Mode.ALL
    choose_mapping(run, mapping, mode=mode, reason=reason, by=operator())


def _keep_mapping(run: ImportRun, file: Path | None) -> None:
    if file is not None:
        kept = run.mapping | {"may_move": False}  # which was said of this file
        said = json.dumps(kept, indent=2, ensure_ascii=False)
        file.write_text(said, encoding="utf-8")


def _carry_out(run: ImportRun, dry_run: bool, as_json: bool) -> None:
    from safelane.core.errors import Conflict
    from safelane.exchange.actions import discard_import
    from safelane.exchange.imports.outcome import SealedImportFailed
    from safelane.exchange.imports.runner import check_file, import_file

    # Names of columns of a file that may hold identities are forgotten at its end.
    notes, lines = _notes(run), _mapping_lines(run)
    for said, style in notes:  # before anything is written
        errors.print(said, style=style, markup=False)
    with steps() as shown:
        progress = _drawn(operator(), shown)
        try:
            (check_file if dry_run else import_file)(run, progress)
        except (Conflict, SealedImportFailed):
            if not run.counts.get("faulty"):
                raise
    if dry_run and run.holds_identities:  # nobody will find it under this command
        discard_import(run, by=operator())
    _tell(run, notes, lines, as_json)


def _summary(run: ImportRun, notes: Notes) -> dict[str, Any]:
    faults = run.faults.values(
        "row", "column", "level", "code", "message", "lon", "lat"
    )
    beside = *dict(notes), *_said_at_the_end(run)
    return {
        "import": str(run.uid),
        "stage": run.stage,
        "counts": run.counts,
        "faults": list(faults),
        "notes": [{"message": said} for said in beside],
        "mapping": run.mapping,
    }


def _notes(run: ImportRun) -> Notes:
    """Return what is to be said of the file in which colour, and how to choose."""
    from safelane.exchange.files.notes import GRAVE, note_text
    from safelane.exchange.imports.opening import notes_of

    notes = notes_of(run)
    said = [
        (note_text(code, values), "red" if code in GRAVE else "yellow")
        for code, values in notes
    ]
    if any(values.get("open") for _code, values in notes):
        text = (
            "To choose columns, correct the mapping that --save-mapping m.json writes "
            "and give it with --mapping m.json; --value name=value holds for all rows."
        )
        said.append((text, "yellow"))
    return said


def _said_at_the_end(run: ImportRun) -> list[str]:
    """Return how many rows have no position, and how many faults are not listed."""
    from safelane.core.scope import system_actor
    from safelane.exchange.imports.faulty_rows import not_listed_words

    count, told = run.counts.get("unplaced"), not_listed_words(run, system_actor())
    text = f"{count} rows have no position: they come in without a place on the map."
    return [*([text] if count else []), *([told] if told else [])]


def _report(run: ImportRun, lines: str) -> Any:
    from rich.console import Group
    from rich.text import Text

    counts = table(run.get_stage_display(), "what", "rows")
    for name, count in run.counts.items():
        if name != "faults":
            counts.add_row(name, str(count))
    parts: list[Any] = [Text(lines), counts]
    listed = list(run.faults.order_by("level", "row", "pk")[:SHOWN])  # faults first
    if listed:
        faults = table(
            f"The first {len(listed)} faults", "row", "column", "level", "what"
        )
        for f in listed:
            faults.add_row(str(f.row), f.column, f.level, f.message)
        parts.append(faults)
    return Group(*parts)


def _mapping_lines(run: ImportRun) -> str:
    """Return from which column each field was read, and where the position is from."""
    from safelane.exchange.mapping.model import Mapping
    from safelane.exchange.mapping.numbers import unit_of

    used, fields = Mapping.from_json(run.mapping), run.layout.by_name
    place, said = used.geometry, []
    for name, m in used.fields.items():
        comma = "decimal comma" if m.decimal_comma else ""
        unit = unit_of(m.column, fields[name]) or fields[name].unit
        if m.column in used.unit_columns:
            unit = f"unit from {m.unit_column}"
        said.append((str(fields[name].label), m.column or m.constant, unit, comma))
    columns = (f"{column} ({role})" for role, column in place.columns.items())
    said.append(("position", ", ".join(columns), place.kind, place.crs or place.zone))
    taken = {*used.used_columns, *used.not_kept}
    left = (name for name, _kind in run.info["columns"] if name not in taken)
    said.append(("no field", ", ".join(left) or "-", "", ""))
    return "\n".join(f"{name}: {'; '.join(filter(None, how))}" for name, *how in said)


def export(
    target: Annotated[str, typer.Argument(help=f"What leaves, {KINDS}")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
    format_: Annotated[str, typer.Option("--format", help=FORMATS)] = "gpkg",
    flat: Annotated[
        bool, typer.Option("--flat", help="Words instead of codes (staging view).")
    ] = False,
    filter_: Annotated[
        str, typer.Option("--filter", help="As in the register's address: kind=cha&...")
    ] = "",
    as_json: Json = False,
) -> None:
    """Export records to a file; that it left is kept in the history."""
    set_up()
    from safelane.exchange.exports import export_records

    by = operator()
    count = export_records(out, target, format_, query=filter_, flat=flat, by=by).count
    answer = {"file": str(out), "rows": count}
    emit(answer, as_json=as_json, text=f"{count} rows in {out}")


def _drawn(by: Any, shown: Any) -> Any:
    """Return the progress of a job that is drawn on the terminal."""
    from safelane.core.jobs.progress import Progress

    class Drawn(Progress):
        def start(self, total: int | None, message: str = "", *, done: int = 0) -> None:
            shown.start(total, message)
            super().start(total, message, done=done)

        def advance(self, count: int = 1, message: str | None = None) -> None:
            shown.advance(count)
            super().advance(count, message)

    return Drawn(by)
