"""`safelane demo`: a whole generated workspace in one command."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, Any

import typer

from safelane.cli.bootstrap import ensure_workspace
from safelane.cli.console import emit, steps
from safelane.cli.workspace import operator, site_url

DEFAULT_SEED = 20_640  # the same as safelane.demo.world's, without loading it


class Size(StrEnum):
    """How large the generated world is."""

    full = "full"
    small = "small"


def demo(
    size: Annotated[
        Size, typer.Option(help="full: 3,000 areas; small: 60, in seconds.")
    ] = Size.full,
    seed: Annotated[
        int, typer.Option(help="The same seed gives the same world.", min=0)
    ] = DEFAULT_SEED,
    serve: Annotated[
        bool, typer.Option("--serve", help="Serve the workspace afterwards.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Build the demo workspace from a seed and print a sign-in link per person.

    Two invented pilots, in Laos and Azerbaijan, come in through the same actions that
    people use; every page says that the data is generated. Stopped half-way, it goes
    on at the next call. Exit code 1: the data folder holds other records; choose
    another one with SAFELANE_DATA_DIR.
    """
    with steps() as progress, _quiet():
        ensure_workspace(progress)
        from safelane.demo.build import build_demo, invite_people

        by = operator()
        built = build_demo(by=by, seed=seed, size=size.value, progress=progress)
        people = invite_people(by=by)
    rows = [
        {
            "person": person.name,
            "role": person.role,
            "organisation": person.organisation,
            "link": site_url(person.path),
        }
        for person in people
    ]
    data = {"seed": seed, "size": size.value, "was_there": built.was_there}
    emit(data | {"people": rows}, as_json=as_json, text=_listed(rows))
    if serve:
        from django.conf import settings

        from safelane.cli.serve import serve_forever

        settings.WORKSPACE_IS_DEMO = True  # was read before the mark was there
        serve_forever()


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave the log of the jobs that the demo runs out of the display."""
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _listed(rows: list[dict[str, Any]]) -> str:
    """Return one link per line, so that a terminal can follow it."""
    lines = ["", "Generated demo data. Each link works once and sets a password."]
    for row in rows:
        who = f"{row['person']}, {row['role']}, {row['organisation']}"
        lines += [f"  {who}", f"    {row['link']}"]
    return "\n".join(lines)
