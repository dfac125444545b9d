"""`safelane dev`: for those who build parts of the house."""

from __future__ import annotations

import keyword
import os
import shutil
import subprocess
import sys
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Annotated

import typer

from safelane.cli.console import out
from safelane.cli.faults import FaultGroup
from safelane.core.errors import ConfigurationError, InvalidInput

if TYPE_CHECKING:
    from safelane.core.domain import Group

app = typer.Typer(
    cls=FaultGroup, no_args_is_help=True, help="Build a new part of the house."
)
SKELETON = Path(__file__).parent / "skeleton"
HOUSE = Path(__file__).parents[2]


@app.callback()
def group() -> None:
    """Keep the group while it has one command."""


@app.command("new-app")
def new_app(
    name: Annotated[str, typer.Argument(help="Package, such as training.")],
    record: Annotated[
        str, typer.Option(help="What its first record is, such as course.")
    ] = "",
    group: Annotated[
        str, typer.Option(help="Where it stands in the navigation, such as people.")
    ] = "programme",
    into: Annotated[
        Path | None, typer.Option(help="Folder; else among the parts of Safelane.")
    ] = None,
) -> None:
    """Write a new part: declaration, models, pages, API and tests, green at once."""
    from safelane.core.domain import Group

    if group not in set(Group):
        raise InvalidInput(f"There is no group “{group}”: {', '.join(Group)}.")
    names = names_of(name, record or name.removesuffix("s"), Group(group), into is None)
    folder = (into or HOUSE) / name
    if folder.exists():
        raise InvalidInput(f"{folder} is there already. Choose another name.")
    write_skeleton(folder, names)
    make_migration(names, folder.parent)
    tidy(folder)
    package, record = names["package"], names["record"]
    out.print(f"{folder}: 12 files, a migration and tests.")
    out.print(f"Now add “{package}” to PARTS in config/settings.py")
    out.print(
        f"(or set SAFELANE_PARTS={package}), and verbs of “{record}” to roles.yaml:"
    )
    out.print(f"{record}.view, {record}.edit")


def names_of(name: str, record: str, group: Group, is_inside: bool) -> dict[str, str]:
    """Return what the skeleton calls things.

    Raises:
        InvalidInput: A name is no name of a Python module.
    """
    for given in (name, record):
        fits = given.isidentifier() and given.isascii() and given == given.lower()
        if not fits or keyword.iskeyword(given):
            raise InvalidInput(
                f"“{given}” cannot name a part. Use small letters and “_”."
            )
    words = record.replace("_", " ")
    return {
        "app": name,
        "App": _camel(name),
        "package": f"safelane.{name}" if is_inside else name,
        "record": record,
        "Record": _camel(record),
        "plural": f"{record}_rows",
        "words": words,
        "title": name.replace("_", " "),
        "Title": name.replace("_", " ").capitalize(),
        "slug": name.replace("_", "-"),
        "GROUP": group.name,
    }


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def write_skeleton(folder: Path, names: dict[str, str]) -> None:
    """Write the files of a new part."""
    (folder / "tests").mkdir(parents=True)
    (folder / "migrations").mkdir()
    for empty in ("tests", "migrations"):
        (folder / empty / "__init__.py").touch()
    for source in sorted(SKELETON.glob("*.py.txt")):
        target = folder / source.name.removesuffix(".txt")
        if source.name.startswith("test_"):
            target = folder / "tests" / target.name
        text = Template(source.read_text(encoding="utf-8")).substitute(names)
        target.write_text(text, encoding="utf-8")


def make_migration(names: dict[str, str], parent: Path) -> None:
    """Write the first migration from the models as they are.

    Raises:
        ConfigurationError: The models of the new part cannot be read.
    """
    parts = [os.environ.get("SAFELANE_PARTS", ""), names["package"]]
    path = [str(parent), str(HOUSE.parent), os.environ.get("PYTHONPATH", "")]
    env = os.environ | {
        "SAFELANE_PARTS": ",".join(filter(None, parts)),
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
        "DJANGO_SETTINGS_MODULE": "safelane.config.settings",
    }
    command = [sys.executable, "-m", "django", "makemigrations", names["app"]]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        command, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ConfigurationError(
            f"The first migration could not be written: {done.stderr.strip()}"
        )


def tidy(folder: Path) -> None:
    """Sort imports and lines as names are now, where ruff is installed."""
    tool = shutil.which("ruff")
    for words in (["check", "--fix-only", "--select", "I"], ["format"]):
        if tool:
            command = [tool, *words, "--quiet", str(folder)]
            subprocess.run(command, check=False)  # noqa: S603 - no shell
