"""`safelane pilot`: where to survey first in a pilot country, from open data."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.table import Table

from safelane.cli.bootstrap import ensure_workspace
from safelane.cli.console import emit, steps
from safelane.cli.console import table as answer_table
from safelane.cli.workspace import operator, site_url

if TYPE_CHECKING:
    from safelane.risk.models import SurveyPrior

PERCENT = 100
SHOWN = 10
FIRST_OF_UNIT = (
    *("rank", "code", "name", "part_of", "where", "score"),
    *("rank_p5", "rank_p95", "share_in_top", "why"),
)


def pilot(
    name: Annotated[str, typer.Argument(help="laos or azerbaijan.")],
    data: Annotated[
        Path, typer.Option(help="Folder of reference data.", file_okay=False)
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the CSV, GeoJSON and PDF.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Rank districts, communities and 5 km units by where to survey first, and why.

    Makes the workspace if there is none, imports the country's admin areas and places,
    ranks, and writes a table, a map layer and a two-page report. Says of every record
    whether it came in. A prior is never evidence for a hazardous area.
    """
    started = time.perf_counter()
    with steps() as progress:
        ensure_workspace(progress)
        prior = _run(name, data, progress)
        folder = out or _folder()
        progress.start(None, "Files")
        files = write_files(prior, folder)
        progress.done(f"Files: {folder}")
    seconds = time.perf_counter() - started
    summary = summary_of(prior, files, seconds)
    text = Group(*tables(prior), *_closing(prior, files, seconds))
    emit(summary, as_json=as_json, text=text)  # type: ignore[arg-type]


def _run(name: str, data: Path, progress: Any) -> SurveyPrior:
    from safelane.risk.actions import run_survey_prior

    progress.start(PERCENT, "Ranking")
    seen = 0

    def report(share: float, step: str) -> None:
        nonlocal seen
        done = round(share * PERCENT)
        progress.advance(done - seen, f"Ranking: {step}")
        seen = done

    prior = run_survey_prior(name, data, by=operator(), report=report)
    progress.done(f"Ranked: {prior.title} ({prior.seconds:.1f} s of computing)")
    return prior


def _folder() -> Path:
    from safelane.config.env import current_env

    return current_env().data_dir / "pilot"


def write_files(prior: SurveyPrior, folder: Path) -> dict[str, Path]:
    """Write CSV, GeoJSON and PDF of a run; name -> file."""
    from safelane.risk.actions import note_export
    from safelane.risk.exchange import csv_lines, geojson_parts
    from safelane.risk.models import LEVELS
    from safelane.risk.queries import ranked
    from safelane.risk.report import report_pdf

    by = operator()
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"survey-first-{prior.country.pack}"
    files = {kind: stem.with_suffix(f".{kind}") for kind in ("csv", "geojson", "pdf")}
    units = [u for level, _label in LEVELS for u in ranked(by, prior, level)]
    with files["csv"].open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(csv_lines(prior, units))
    with files["geojson"].open("w", encoding="utf-8") as stream:
        stream.writelines(geojson_parts(prior, units))
    files["pdf"].write_bytes(report_pdf(prior, by))
    for kind in files:
        note_export(prior, kind, by=by)
    return files


def summary_of(
    prior: SurveyPrior, files: dict[str, Path], seconds: float
) -> dict[str, Any]:
    """Return what a script wants to know."""
    from safelane.risk.models import LEVELS
    from safelane.risk.wording import statement

    return {
        "run": str(prior.uid),
        "title": prior.title,
        "read_this": statement(),
        "account": prior.account,
        "counts": prior.counts,
        "weights": prior.weights,
        "missing_layers": prior.missing_layers,
        "first": {level: _first(prior, level) for level, _label in LEVELS},
        "files": {kind: str(path) for kind, path in files.items()},
        "seconds": round(seconds, 1),
        "seconds_computing": round(prior.seconds, 1),
    }


def _first(prior: SurveyPrior, level: str) -> list[dict[str, Any]]:
    from safelane.risk.exchange import flat
    from safelane.risk.queries import ranked

    units = ranked(operator(), prior, level)[:SHOWN]
    return [{key: row[key] for key in FIRST_OF_UNIT} for row in map(flat, units)]


def tables(prior: SurveyPrior) -> list[Table]:
    """Return the account and the first of each level as tables for a person."""
    from safelane.risk.models import LEVELS
    from safelane.risk.wording import account_rows

    found = []
    if prior.account:
        account = answer_table("Account of the records", "", "Records", "Target-months")
        for row in account_rows(prior):
            style = {"total": "bold", "part": "dim"}.get(row["weight"])
            cells = (row["label"], row["records"], row["target_months"])
            account.add_row(*cells, style=style)
        for column in account.columns[1:]:
            column.justify = "right"
        found.append(account)
    return found + [_level_table(prior, level, str(label)) for level, label in LEVELS]


def _level_table(prior: SurveyPrior, level: str, label: str) -> Table:
    count = prior.counts.get(level, 0)
    title = f"\n{label}: the first {SHOWN} of {count:,}"
    columns = ("", "Name", "Where", "Rank 5–95 %", "In top 10", "Why")
    found = answer_table(title, *columns)
    for row in _first(prior, level):
        name = f"{row['code']} {row['name']}" if level == "unit" else row["name"]
        where = ", ".join(filter(None, (row["where"], row["part_of"])))
        interval = f"{row['rank_p5']}–{row['rank_p95']}"
        share = f"{row['share_in_top']:.0%}"
        found.add_row(str(row["rank"]), name, where, interval, share, row["why"])
    return found


def _closing(prior: SurveyPrior, files: dict[str, Path], seconds: float) -> list[str]:
    from django.urls import reverse

    from safelane.risk.wording import statement

    lines = [""]
    counts = prior.counts
    if "unit_with_records" in counts:
        lines.append(
            f"{counts['unit_with_records']:,} of {counts['unit']:,} survey units and "
            f"{counts['district_with_records']} of {counts['district']} districts hold "
            "a target."
        )
    if prior.missing_layers:
        lines.append(f"Layers without data: {', '.join(prior.missing_layers)}.")
    lines += [f"{kind}: {path}" for kind, path in files.items()]
    lines.append(f"page: {site_url(reverse('risk:prior', args=[prior.uid]))}")
    lines.append(f"{seconds:.1f} s in all, {prior.seconds:.1f} s of them computing.")
    return [*lines, "", statement()]
