"""`safelane secret`: the lost secret, taken from a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from safelane.cli.console import emit
from safelane.cli.workspace import has_secret, set_up

app = typer.Typer()


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
