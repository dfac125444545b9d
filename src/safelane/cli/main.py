"""The `safelane` command: one file per group, Django loaded only when needed."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer

import safelane
from safelane.cli.console import out
from safelane.cli.faults import FaultGroup

app = typer.Typer(
    name="safelane",
    cls=FaultGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=(
        "Safelane: the open platform for mine action.\n\n"
        "Exit codes: 0 done; 1 refused, or problems found; 2 called or set up wrongly;"
        " 3 there is no workspace yet, or it is of an older version; 4 the database,"
        " the disk or the port cannot be used; 5 interrupted."
    ),
)
GROUPS = ("user", "audit", "retention", "dev")
MODULES = ("init", "serve", "doctor", "backup", "reseal")
FUNCTIONS = {
    "demo": ("demo", "demo"),
    "pilot": ("pilot", "pilot"),
    "import": ("exchange", "import_"),
    "export": ("exchange", "export"),
}


def _version(wanted: bool) -> None:
    if wanted:
        out.print(safelane.__version__)
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say which."),
    ] = False,
) -> None:
    """Take options that belong to no command."""


def _register() -> None:
    for name in MODULES:
        app.registered_commands += _module(name).app.registered_commands
    for name, (module, function) in FUNCTIONS.items():
        app.command(name)(getattr(_module(module), function))
    for name in GROUPS:
        app.add_typer(_module(name).app, name=name)


def _module(name: str) -> Any:
    return import_module(f"safelane.cli.{name}")


_register()
