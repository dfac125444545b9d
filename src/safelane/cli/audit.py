"""`safelane audit`: is the register what was written?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safelane.cli.console import emit, steps
from safelane.cli.faults import ExitCode, FaultGroup
from safelane.cli.workspace import operator, set_up

if TYPE_CHECKING:
    from safelane.core.audit.audit import Audit

app = typer.Typer(
    cls=FaultGroup,
    no_args_is_help=True,
    help="Check that the history and the register are what people wrote.",
)
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@app.command("verify")
def verify(
    organisation: Annotated[
        str, typer.Option(help="Short name of one organisation; else every chain.")
    ] = "",
    heads: Annotated[
        list[Path] | None,
        typer.Option("--heads", help="Signed heads kept elsewhere; may be repeated."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Find what was altered behind the register's back, and name it.

    Looks at every change of the history and how they join, at heads that were signed
    and kept, at records replayed from approved reports and from the history, and at
    the content of files. Says what it could not check.

    Exit code 1: something was tampered with; each place is listed.
    """
    set_up()
    from safelane.core.audit.audit import audit
    from safelane.organisations.models import Organisation

    names = dict(Organisation.objects.values_list("pk", "short_name"))
    with steps() as progress:
        found = audit(
            _chain(organisation) if organisation else None,
            heads or (),
            names | {0: "the installation"},
            lambda step: progress.start(None, step),
        )
    emit(_data(found), as_json=as_json, text=_text(found))
    if not found.holds:
        raise typer.Exit(ExitCode.REFUSED)


def _data(found: Audit) -> dict[str, Any]:
    return {
        "holds": found.holds,
        "chains": found.chains,
        "changes": found.changes,
        "anchored": found.anchored,
        "breaks": [asdict(fault) for fault in found.faults],
        "more": found.more,
        "unchecked": found.unchecked,
    }


def _text(found: Audit) -> str:
    lines = [f"✗ {fault.message}" for fault in found.faults]
    if found.more:
        lines.append(f"✗ and {found.more:,} more")
    lines += [f"Not checked: {text}" for text in found.unchecked]
    lines.append(f"{found.chains} chains with {found.changes} changes checked.")
    broken = "NOT everything here is what was written."
    lines.append("What was checked holds." if found.holds else broken)
    return "\n".join(lines)


@app.command("heads")
def heads(
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Sign with a new key from now on.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print the signed heads of every chain, one line to keep elsewhere.

    Who keeps the line can prove later that nothing before it was changed. The worker
    writes such lines by itself to where SAFELANE_HEADS_FILE and SAFELANE_HEADS_EMAIL
    say.
    """
    set_up()
    from safelane.core.audit.anchors import PURPOSE, signed_heads
    from safelane.core.protect.keyring import make_key

    by = operator()
    if new_key:
        make_key(PURPOSE, by=by)
    line = signed_heads(by=by)
    emit(json.loads(line), as_json=as_json, text=line)


def _chain(short_name: str) -> int:
    from safelane.core.errors import NotFound
    from safelane.organisations.models import Organisation

    found = Organisation.objects.filter(short_name=short_name).first()
    if found is None:
        raise NotFound(f"There is no organisation “{short_name}”.")
    return int(found.pk)
