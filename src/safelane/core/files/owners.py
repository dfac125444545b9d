"""Whose the files are, where another account copied or restored them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

USE = os.R_OK | os.W_OK


def another_owner(folder: Path) -> tuple[str, str]:
    """Say which file or folder is another account's, and what to do; "" for none.

    Root may use whatever there is, and leaves behind what the folder's owner may not.
    """
    wanted = (os.geteuid() or _owner(folder)) if os.name == "posix" else None
    path = next(_strange(folder, wanted), None) if wanted else None
    if not wanted or path is None:
        return "", ""
    owner, me = _named(_owner(path)), _named(wanted)
    text = f"{path} belongs to {owner}, not to {me}"
    if path in folder.parents:
        return text, f"Choose a data folder that {me} may enter."
    give = f"et root run: chown -R {me} {folder}"
    return text, f"Run Safelane as {owner}, or l{give}" if _owner(path) else f"L{give}"


def _strange(folder: Path, wanted: int) -> Iterator[Path]:
    """Yield what is another's and may not be used; for root, all that is another's."""
    is_root = os.geteuid() == 0
    for path in reversed(folder.parents):
        if path.exists() and not os.access(path, os.X_OK):
            yield path
    for path in (folder, *sorted(folder.rglob("*"))):
        if _owner(path) not in (None, wanted) and (is_root or not os.access(path, USE)):
            yield path


def _owner(path: Path) -> int | None:
    try:
        return path.lstat().st_uid
    except OSError:
        return None


def _named(uid: int | None) -> str:
    from pwd import getpwuid

    try:
        return getpwuid(uid or 0).pw_name
    except KeyError:
        return str(uid)
