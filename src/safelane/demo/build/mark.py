"""The mark that makes a workspace a demo: every page then says so."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from safelane.config.env import DEMO_MARK
from safelane.core.files.durable import written_whole
from safelane.demo.build.errors import OtherDemo, WorkspaceInUse
from safelane.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Mark:
    """Which demo a workspace holds, and whether building it has ended."""

    seed: int
    size: str
    is_complete: bool = False


def mark_path() -> Path:
    return Path(settings.MEDIA_ROOT).parent / DEMO_MARK


def read_mark() -> Mark | None:
    """Return the mark of this workspace, or None when it is no demo."""
    try:
        return Mark(**json.loads(mark_path().read_text("utf-8")))
    except FileNotFoundError:
        return None


def write_mark(mark: Mark) -> None:
    """Mark the workspace; the file is there whole or not at all."""
    text = json.dumps(asdict(mark), sort_keys=True) + "\n"
    with written_whole(mark_path()) as file:
        file.write(text.encode())


def claim_workspace(seed: int, size: str) -> Mark:
    """Return the mark of the demo that is to be built or completed here.

    Raises:
        WorkspaceInUse: There are records, and they are not of a demo.
        OtherDemo: A demo of another seed or size was begun here.
    """
    found = read_mark()
    if found is None:
        if Organisation.objects.exists():
            raise WorkspaceInUse(
                _(
                    "%(folder)s holds a workspace with records of its own. Choose "
                    "another folder for the demo: set SAFELANE_DATA_DIR."
                )
                % {"folder": mark_path().parent}
            )
        found = Mark(seed, size)
        write_mark(found)
    if (found.seed, found.size) != (seed, size):
        raise OtherDemo(
            _(
                "%(folder)s holds the demo of seed %(seed)s, size %(size)s. Use "
                "these, or set SAFELANE_DATA_DIR to another folder."
            )
            % {
                "folder": mark_path().parent,
                "seed": found.seed,
                "size": found.size,
            }
        )
    return found
