"""`safelane doctor`: what is wrong here, and how to mend it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safelane.cli.console import emit, table
from safelane.cli.faults import ExitCode
from safelane.cli.workspace import has_secret, operator, set_up

if TYPE_CHECKING:
    from safelane.core.health.diagnosis import Finding

app = typer.Typer()
MARKS = {"ok": "✓", "warning": "!", "fault": "✗"}


@app.command("doctor")
def doctor(
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what can be mended safely.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Check Python, packages, settings, data folder, database and history.

    Exit code 1: something is at fault. Warnings do not change it.
    """
    set_up(workspace=False)
    findings = list(_findings())
    if fix:
        findings += _mend()
    faults = [f for f in findings if f.state == "fault"]
    data = {"well": not faults, "findings": [asdict(f) for f in findings]}
    emit(data, as_json=as_json, text=_table(findings))
    if faults:
        raise typer.Exit(ExitCode.REFUSED)


def _findings() -> Iterator[Finding]:
    from safelane.core.health import contents, diagnosis

    yield from diagnosis.python_version()
    yield from diagnosis.packages()
    yield _settings()
    yield from diagnosis.data_folder()
    yield from diagnosis.time_and_fonts()
    answers = list(diagnosis.database())
    yield from answers
    if any(finding.state == "fault" for finding in answers):
        return
    yield from contents.whole()
    yield from contents.guarded("Secret", contents.secret, has_secret())
    pending = list(contents.guarded("Migrations", contents.migrations))
    yield from pending
    if all(finding.state == "ok" for finding in pending):
        yield from contents.guarded("History", contents.history)
        yield from contents.guarded("Clock", contents.clock)
        yield from contents.guarded("Keys", contents.keys)
        yield from contents.guarded("Files", contents.files)
        yield from contents.guarded("Worker", contents.worker)


def _settings() -> Finding:
    from safelane.config.env import unknown_variables
    from safelane.core.health.diagnosis import OK, WARNING, Finding

    unknown = unknown_variables(os.environ)
    if unknown:
        text = f"{', '.join(unknown)}: no such setting"
        fix = "See docs/reference/settings.md for the names."
        return Finding("Settings", WARNING, text, fix)
    return Finding("Settings", OK, "all known")


def _mend() -> Iterator[Finding]:
    from safelane.core.files.orphans import remove_orphans
    from safelane.core.health.diagnosis import OK, Finding
    from safelane.core.jobs.worker import recover_interrupted
    from safelane.core.protect.installation import reseal_all

    yield Finding("Mended", OK, f"{remove_orphans()} left-over files removed")
    sealed = sum(reseal_all(by=operator()).values())
    yield Finding("Mended", OK, f"{sealed} records sealed with the new secret")
    yield Finding("Mended", OK, f"{len(recover_interrupted())} jobs queued again")


def _table(findings: list[Finding]) -> Any:
    found = table("Safelane doctor", "", "what", "state", "what to do")
    for item in findings:
        found.add_row(MARKS[item.state], item.name, item.text, item.fix)
    return found
