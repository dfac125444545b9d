"""`safelane audit`: is the history what was written?"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from safelane.cli.console import emit, table
from safelane.cli.faults import ExitCode, FaultGroup
from safelane.cli.workspace import set_up

app = typer.Typer(
    cls=FaultGroup, no_args_is_help=True, help="Check that the history is intact."
)
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@app.command("verify")
def verify(
    organisation: Annotated[
        str, typer.Option(help="Short name of one organisation; else every chain.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Find one altered, removed, reordered or inserted change, and name it.

    Exit code 1: something was tampered with; every row at fault is listed.
    """
    set_up()
    from safelane.core.history.verify import verify as verify_chains

    verdict = verify_chains(_chain(organisation) if organisation else None)
    breaks = [_as_json(item) for item in verdict.breaks]
    data = {
        "holds": verdict.holds,
        "chains": verdict.chains,
        "changes": verdict.changes,
        "breaks": breaks,
    }
    lines = [f"✗ {item['message']}" for item in breaks]
    lines.append(f"{verdict.chains} chains with {verdict.changes} changes checked.")
    lines.append("The history holds." if verdict.holds else "The history is BROKEN.")
    emit(data, as_json=as_json, text="\n".join(lines))
    if not verdict.holds:
        raise typer.Exit(ExitCode.REFUSED)


@app.command("heads")
def heads(as_json: Json = False) -> None:
    """Print the last hash of every chain: equal heads mean equal histories.

    Write them down elsewhere from time to time: who keeps a head can prove later that
    nothing before it was changed.
    """
    set_up()
    from safelane.core.history.verify import heads as chain_heads

    found = chain_heads()
    rows = table("Heads", "chain", "hash")
    for chain, digest in found.items():
        rows.add_row(str(chain), digest)
    emit(found, as_json=as_json, text=rows)


def _as_json(item: Any) -> dict[str, Any]:
    names = ("organisation_id", "kind", "seq", "change_id", "message")
    return {name: getattr(item, name) for name in names}


def _chain(short_name: str) -> int:
    from safelane.core.errors import NotFound
    from safelane.organisations.models import Organisation

    found = Organisation.objects.filter(short_name=short_name).first()
    if found is None:
        raise NotFound(f"There is no organisation “{short_name}”.")
    return int(found.pk)
