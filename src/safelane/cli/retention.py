"""`safelane retention`: destroying what may be kept no longer."""

from __future__ import annotations

from typing import Annotated

import typer

from safelane.cli.console import emit
from safelane.cli.faults import FaultGroup
from safelane.cli.workspace import operator, set_up

app = typer.Typer(
    cls=FaultGroup,
    no_args_is_help=True,
    help="Destroy identities that may be kept no longer.",
)
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@app.command("run")
def run(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; say how many are due.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Destroy the identities of victims that the country's rule keeps no longer.

    The worker does it every day. The keys are destroyed, so that no database, file or
    backup yields them; backups of version 0.1.0 hold identities without such keys and
    must be deleted by hand.
    """
    set_up()
    from django.utils import timezone

    from safelane.accidents.actions import forget_due, identities_due

    now = timezone.now()
    due = sum(1 for _victim in identities_due(timezone.localdate(now)))
    done = 0 if check else forget_due(now)
    text = f"{due} identities are due; {done} were destroyed."
    emit({"due": due, "destroyed": done}, as_json=as_json, text=text)


@app.command("forget")
def forget(
    victim: Annotated[str, typer.Argument(help="Identifier of the victim's record.")],
    reason: Annotated[str, typer.Option(help="Why: it stays in the history.")],
    as_json: Json = False,
) -> None:
    """Destroy one victim's identity, because the person or a court asked for it."""
    set_up()
    from safelane.accidents.actions import forget_victim
    from safelane.accidents.models import Victim
    from safelane.core.errors import NotFound

    try:
        found = Victim.objects.filter(uid=victim).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(f"There is no victim “{victim}”.")
    done = forget_victim(found, reason, by=operator())
    text = "The identity was destroyed." if done else "No identity is kept."
    emit({"destroyed": done}, as_json=as_json, text=text)
