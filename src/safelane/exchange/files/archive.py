"""Open a stranger's zip file without being harmed by it."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from safelane.exchange.files.errors import ArchiveRefused, BrokenFile
from safelane.exchange.files.limits import Limits

_CHUNK = 1 << 20
_DRIVE = re.compile(r"^[A-Za-z]:")
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
    RuntimeError,
)


@contextmanager
def open_archive(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """Open a zip whose members are safe to unpack.

    Raises:
        BrokenFile: It is not a readable zip.
        ArchiveRefused: Too many or too large members, a path that leads outside,
            a link, or encryption.
    """
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGE as error:
        raise BrokenFile(reason=str(error)) from error
    with archive:
        _check_size(archive, path, limits)
        for member in archive.infolist():
            _check_member(member, limits)
        yield archive


def _check_size(archive: zipfile.ZipFile, path: Path, limits: Limits) -> None:
    members = archive.infolist()
    total, packed = sum(m.file_size for m in members), max(1, path.stat().st_size)
    reason = ""
    if len(members) > limits.archive_members:
        reason = f"{len(members)} members, at most {limits.archive_members}"
    elif total > limits.archive_bytes:
        reason = f"{total} bytes unpacked, at most {limits.archive_bytes}"
    elif total > limits.archive_small and total / packed > limits.archive_ratio:
        reason = f"it unpacks to {total // packed} times its size"
    if reason:
        raise ArchiveRefused(reason=reason)


def _check_member(member: zipfile.ZipInfo, limits: Limits) -> None:
    name = member.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or _DRIVE.match(name) or "\0" in name:
        raise ArchiveRefused(reason=f"{name!r} leads outside the zip")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise ArchiveRefused(reason=f"{name!r} is a link")
    if member.flag_bits & 0x1:
        raise ArchiveRefused(reason=f"{name!r} is encrypted")
    most = max(limits.archive_small, member.compress_size * limits.archive_ratio)
    if member.file_size > most:
        raise ArchiveRefused(reason=f"{name!r} is packed beyond belief")


def unpack(archive: zipfile.ZipFile, member: str, target: Path) -> Path:
    """Write one member to ``target`` (a name of ours) and return it.

    Raises:
        BrokenFile: The member is damaged.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with archive.open(member) as source, target.open("wb") as out:
            while chunk := source.read(_CHUNK):
                out.write(chunk)
    except DAMAGE as error:
        raise BrokenFile(reason=f"{member}: {error}") from error
    return target


def file_names(archive: zipfile.ZipFile) -> list[str]:
    """Return the members that are files, without the leavings of macOS and Windows."""
    return [
        m.filename
        for m in archive.infolist()
        if not m.is_dir()
        and not m.filename.startswith("__MACOSX/")
        and PurePosixPath(m.filename).name not in {".DS_Store", "Thumbs.db"}
    ]
