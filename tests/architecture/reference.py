"""Write ``docs/reference/`` from the code, so that it cannot be wrong.

python -m tests.architecture.reference            write the pages
python -m tests.architecture.reference --check    fail when one is out of date
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "reference"
NOTE = "<!-- Written from the code by `make reference`. Change the code instead. -->"
Row = Sequence[object]


def table(heads: Sequence[str], rows: Sequence[Row]) -> str:
    lines = [f"| {' | '.join(heads)} |", "| " + " | ".join("---" for _ in heads) + " |"]
    lines += [f"| {' | '.join(cell(value) for value in row)} |" for row in rows]
    return "\n".join(lines)


def cell(value: object) -> str:
    text = " ".join(str(value).split())
    return text.replace("|", "\\|") or "–"


def page(title: str, intro: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", NOTE, intro, *parts]) + "\n"


def settings_page() -> str:
    from safelane.config.env import settings_table

    rows = [
        (f"`{item.variable}`", item.help, shown_default(item), item.expects())
        for item in settings_table()
    ]
    return page(
        "Settings",
        "Each may be set in the environment or in `safelane.toml` in the data folder "
        "(`port = 8001`, or `[oidc]` and `issuer = ...`). The environment wins.",
        table(("variable", "what it does", "default", "accepted"), rows),
    )


def shown_default(item: Any) -> str:
    if item.name == "data_dir":
        return "a folder of this person, see `safelane doctor`"
    if isinstance(item.default, tuple):
        return "`" + ",".join(item.default) + "`" if item.default else "none"
    if isinstance(item.default, bool):
        return "yes" if item.default else "no"
    return f"`{item.default}`" if item.default != "" else "none"


def commands_page() -> str:
    parts = [
        f"## `{path}`\n\n{help_of(command)}\n\n{options_table(command)}".rstrip()
        for path, command in walk_commands(root_command(), "safelane")
    ]
    return page(
        "Commands",
        "Every command answers `--help`. The exit codes are listed at the first one; "
        "what a command adds to them is said below.",
        *parts,
    )


def root_command() -> Any:
    import typer.main

    from safelane.cli.main import app

    return typer.main.get_command(app)


def walk_commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name in sorted(getattr(command, "commands", {})):
        child = command.commands[name]
        if not child.hidden:
            yield from walk_commands(child, f"{path} {name}")


def help_of(command: Any) -> str:
    text = (command.help or "").replace("\b", "").strip()
    return "\n".join(line.strip() for line in text.splitlines())


def options_table(command: Any) -> str:
    rows = [
        (f"`{spelling(item)}`", getattr(item, "help", None) or "")
        for item in command.params
        if item.name not in ("help", "install_completion", "show_completion")
    ]
    return table(("argument", "what it does"), rows) if rows else ""


def spelling(item: Any) -> str:
    if item.param_type_name == "argument":
        return str(item.name).upper()
    return ", ".join([*item.opts, *item.secondary_opts])


def roles_page() -> str:
    import yaml

    path = ROOT / "src/safelane/organisations/roles.yaml"
    roles = yaml.safe_load(path.read_text(encoding="utf-8"))
    parts = [role_part(role) for role in roles]
    return page(
        "Roles",
        "A role is a named set of verbs. A membership gives it to a person in an "
        "organisation, for an area and a time. `reach` says whose rows it opens; "
        "precision says how exactly places are shown (exact unless named).",
        *parts,
    )


def role_part(role: dict[str, Any]) -> str:
    precision = role.get("precision") or {}
    shown = ", ".join(f"{name}: {value}" for name, value in precision.items())
    lines = [
        f"## {role['name']} (`{role['code']}`)",
        role.get("description", ""),
        f"Reach: {role['reach']}. Precision: {shown or 'exact'}.",
        "Verbs: " + ", ".join(f"`{verb}`" for verb in role["verbs"]),
    ]
    return "\n\n".join(lines)


def models_page() -> str:
    from django.apps import apps

    parts = []
    for config in sorted(apps.get_app_configs(), key=lambda c: c.name):
        own = [m for m in config.get_models() if is_own(m)]
        parts += [model_part(m) for m in sorted(own, key=lambda m: m.__name__)]
    return page(
        "Models",
        "What is stored. Geometries are WGS 84, longitude first; areas are geodesic.",
        *parts,
    )


def is_own(model: Any) -> bool:
    return (
        model.__module__.startswith("safelane.") and ".tests." not in model.__module__
    )


def model_part(model: Any) -> str:
    fields = [
        (f"`{field.name}`", field.get_internal_type(), str(field.verbose_name))
        for field in model._meta.local_fields
        if not is_box_side(field.name)
    ]
    title = f"## {model.__name__} (`{model._meta.label_lower}`)"
    return "\n\n".join(
        [title, paragraphs(model.__doc__), table(("field", "kind", "name"), fields)]
    )


def is_box_side(name: str) -> bool:
    return name.endswith(("_xmin", "_xmax", "_ymin", "_ymax"))


def paragraphs(doc: str | None) -> str:
    lines = (doc or "").strip().splitlines()
    return "\n".join(line.strip() for line in lines)


def errors_page() -> str:
    rows = [
        (f"`{error.code}`", error.http_status, error.title(), f"`{error.__name__}`")
        for error in sorted(all_errors(), key=lambda e: (e.code, e.__name__))
    ]
    return page(
        "Errors",
        "Every fault has one class. The API answers it as a problem document whose "
        "`type` is `urn:safelane:error:<code>`; the message says what is wrong, with "
        "which value, and what to do.",
        table(("code", "HTTP status", "fault", "class"), rows),
    )


def all_errors() -> set[Any]:
    """Return every fault class of the package, after importing all of it."""
    import safelane
    from safelane.core.errors import SafelaneError

    for item in pkgutil.walk_packages(safelane.__path__, "safelane."):
        if not {"tests", "testing", "migrations"} & set(item.name.split(".")):
            importlib.import_module(item.name)
    found = {SafelaneError}
    waiting = [SafelaneError]
    while waiting:
        for child in waiting.pop().__subclasses__():
            if ".tests." not in child.__module__ and child not in found:
                found.add(child)
                waiting.append(child)
    return found


def formats_page() -> str:
    from safelane.exchange.files.formats import BY_SUFFIX, FORMATS

    rows = []
    for name in FORMATS:
        endings = sorted(suffix for suffix, kind in BY_SUFFIX.items() if kind == name)
        rows.append((f"`{name}`", ", ".join(endings) or ".gdb.zip"))
    return page(
        "Import and export formats",
        "Files are recognised by their ending and checked by their first bytes; a zip "
        "may wrap one file. `safelane import` and `safelane export` take these names.",
        table(("format", "endings"), rows),
    )


PAGES = {
    "settings.md": settings_page,
    "commands.md": commands_page,
    "roles.md": roles_page,
    "models.md": models_page,
    "errors.md": errors_page,
    "formats.md": formats_page,
}


def outdated() -> list[str]:
    """Return the names of the pages that differ from the code."""
    return [
        name
        for name, write in PAGES.items()
        if not (FOLDER / name).is_file()
        or (FOLDER / name).read_text(encoding="utf-8") != write()
    ]


def main(arguments: list[str]) -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safelane.config.settings")
    django.setup()
    if "--check" in arguments:
        names = outdated()
        print("\n".join(f"docs/reference/{n} is out of date" for n in names) or "ok")
        return 1 if names else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, write in PAGES.items():
        (FOLDER / name).write_text(write(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
