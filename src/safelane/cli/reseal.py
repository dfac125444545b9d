"""`safelane reseal` and `safelane secret`: the newest secret, and a lost one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from safelane.cli.console import emit
from safelane.cli.faults import ExitCode
from safelane.cli.workspace import has_secret, operator, set_up

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
    from safelane.core.protect.installation import count_old, reseal_all

    done = {} if check else reseal_all(by=operator())
    left = count_old()
    lines = [f"{name}: {count:,} sealed anew" for name, count in done.items()]
    lines += [f"{name}: {n:,} need an older secret" for name, n in left.items() if n]
    if not any(left.values()):
        lines.append("Nothing needs an older secret: SAFELANE_OLD_SECRETS can go.")
    emit({"resealed": done, "left": left}, as_json=as_json, text="\n".join(lines))
    if any(left.values()):
        raise typer.Exit(ExitCode.REFUSED)


@app.command("secret")
def secret(
    backup: Annotated[
        Path, typer.Option("--from", help="The backup that holds it.", exists=True)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Put the secret of a backup into the data folder, if it belongs to the data here.

    For a workspace whose secret was lost. Nothing else of the backup is used, and a
    secret that is there is never replaced: remove its file first.

    Exit code 1: the backup is damaged, or its secret is another one.
    """
    set_up(workspace=False)
    from safelane.config.env import current_env
    from safelane.config.server import create_secret
    from safelane.core.backup.load import secret_of
    from safelane.core.errors import Conflict
    from safelane.core.protect.installation import fingerprint, wanted_secret

    found, wanted = secret_of(backup), wanted_secret()
    if wanted and fingerprint(found) != wanted:
        raise Conflict(
            f"{backup} holds the secret {fingerprint(found)}, and the data here needs"
            f" {wanted}. Name another backup."
        )
    env = current_env()
    if has_secret():
        raise Conflict(f"There is a secret in {env.data_dir} already. Remove it first.")
    create_secret(env, found)
    text = f"The secret {fingerprint(found)} lies in {env.data_dir} again."
    emit({"secret": fingerprint(found)}, as_json=as_json, text=text)
