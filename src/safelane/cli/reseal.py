"""`safelane reseal`: everything that is sealed, with the newest secret."""

from __future__ import annotations

from typing import Annotated

import typer

from safelane.cli.console import emit
from safelane.cli.faults import ExitCode
from safelane.cli.workspace import operator, set_up

app = typer.Typer()


@app.command("reseal")
def reseal(
    check: Annotated[
        bool,
        typer.Option("--check", help="Change nothing; say what needs an older secret."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Seal victims' fields and second factors with the secret in use.

    Run it after the secret was changed, while the old one is still named in
    SAFELANE_OLD_SECRETS. All values change together or not at all; stopped half-way,
    run it again. The history says that it was done.

    Exit code 1: a value needs a secret that is not at hand (nothing was changed), or,
    with --check, something still needs an older one.
    """
    set_up()
    from safelane.core.protect.rotation import count_old, reseal_all

    done = {} if check else reseal_all(by=operator())
    left = count_old()
    lines = [f"{name}: {count:,} sealed anew" for name, count in done.items()]
    lines += [f"{name}: {n:,} need an older secret" for name, n in left.items() if n]
    if not any(left.values()):
        lines.append("Nothing needs an older secret: SAFELANE_OLD_SECRETS can go.")
    emit({"resealed": done, "left": left}, as_json=as_json, text="\n".join(lines))
    if any(left.values()):
        raise typer.Exit(ExitCode.REFUSED)
