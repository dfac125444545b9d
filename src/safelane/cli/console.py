"""Where commands write: answers to standard output, everything else to the other."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

for _stream in (sys.stdout, sys.stderr):
    if isinstance(_stream, TextIOWrapper):  # a terminal may know no letter of Lao
        _stream.reconfigure(errors="backslashreplace")
out = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


class Steps:
    """Progress of a command, in the words of the step that runs.

    It has those methods of :class:`~safelane.core.jobs.progress.Progress` that
    actions call.
    """

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task = bars.add_task("", total=None)

    def start(self, total: int | None, message: str = "", *, done: int = 0) -> None:
        """Begin a step; ``total`` None when its length is unknown."""
        self._bars.reset(self._task, total=total, completed=done)
        self._bars.update(self._task, description=message)

    def advance(self, count: int = 1, message: str | None = None) -> None:
        """Note that ``count`` more are done."""
        self._bars.advance(self._task, count)
        if message is not None:
            self._bars.update(self._task, description=message)

    def check(self) -> None:
        """Do nothing: Ctrl-C stops a command."""

    def done(self, message: str) -> None:
        """Print that a step is done."""
        self._bars.console.print(f"[green]✓[/] {message}")


@contextmanager
def steps() -> Iterator[Steps]:
    """Show progress while the block runs; plain lines when nobody watches."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    watched = errors.is_terminal
    with Progress(
        *columns, console=errors, transient=True, disable=not watched
    ) as bars:
        yield Steps(bars)


def emit(data: Any, *, as_json: bool, text: str | Table) -> None:
    """Print the answer of a command: for a script, or for a person."""
    if as_json:
        print(json.dumps(data, ensure_ascii=False, default=str, indent=2))
    else:
        out.print(text)


def table(title: str, *columns: str) -> Table:
    """Return an empty table for :func:`emit`."""
    found = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        found.add_column(column, overflow="fold")
    return found
