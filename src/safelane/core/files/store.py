"""Storing and opening files: the only place that writes the file store."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import IO
from uuid import uuid4

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from safelane.core.files.durable import settle, written_whole
from safelane.core.files.kinds import (
    KINDS,
    MB,
    PHOTOS,
    FileContentMissing,
    FileTooLarge,
    FileTypeRefused,
    Kind,
    sniff,
)
from safelane.core.files.metadata import without_metadata
from safelane.core.files.models import StoredFile
from safelane.core.scope import Actor
from safelane.core.scope.basis import basis_of

CHUNK = 1 << 18
HEAD = 4096
CHECKSUM = re.compile(r"[0-9a-f]{64}")


def store_file(
    fileobj: IO[bytes], name: str, *, kind: str, verb: str, by: Actor
) -> StoredFile:
    """Store a file and return its record; equal content takes space once.

    Call it inside the transaction of what the file belongs to. If that is rolled back,
    the content stays behind and :func:`safelane.core.files.orphans.remove_orphans`
    takes it away.

    Args:
        fileobj: Binary file, read from its present position.
        kind: Name of a kind of :mod:`safelane.core.files.kinds`.
        verb: What allows ``by`` to make it, such as ``"<class>.export"``: the file
            stays open to them only while a role in the same organisation allows it.

    Raises:
        FileTooLarge, FileTypeRefused, BrokenPhoto: The file may not come in.
        StorageUnavailable: The disk is full or the data folder is read-only.
    """
    rules = KINDS[kind]
    head = _read_head(fileobj)
    media_type = _check_type(sniff(head, name), rules, name)
    chunks = _limited(fileobj, head, rules)
    if media_type in PHOTOS:
        chunks = iter([without_metadata(b"".join(chunks), media_type)])
    digest, size = _write(chunks)
    return StoredFile.objects.create(
        sha256=digest,
        size=size,
        media_type=media_type,
        kind=kind,
        name=clean_name(name),
        uploaded_by_id=by.user_id,
        basis=basis_of(by, verb),
    )


def open_file(stored: StoredFile) -> IO[bytes]:
    """Open the content for reading.

    Raises:
        FileContentMissing: It is gone from the data folder.
    """
    try:
        return path_of(stored.sha256).open("rb")
    except FileNotFoundError as error:
        raise FileContentMissing(
            _("The content of “%(name)s” is gone; restore it from a backup.")
            % {"name": stored.name}
        ) from error


def path_of(sha256: str) -> Path:
    """Return where content lies: ``files/aa/bb/aabb…``.

    A name that is no checksum, as of a table that somebody altered, leads nowhere.
    """
    if not CHECKSUM.fullmatch(sha256):
        return Path(settings.MEDIA_ROOT) / "none"
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256[2:4] / sha256


def is_sound(sha256: str) -> bool:
    """Say whether content is there, and is what was stored."""
    if not path_of(sha256).is_file():
        return False
    with path_of(sha256).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def max_bytes(kind: Kind) -> int:
    """Return the largest size of a kind in bytes."""
    limit = settings.MAX_UPLOAD_MB
    return MB * (limit if kind.max_mb is None else min(kind.max_mb, limit))


def clean_name(name: str) -> str:
    """Return the last part of a file name without control characters."""
    last = PurePath(name.replace("\\", "/")).name
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*')
    return kept.strip(". ")[-200:] or "file"


def _read_head(fileobj: IO[bytes]) -> bytes:
    head = b""
    while len(head) < HEAD and (more := fileobj.read(HEAD - len(head))):
        head += more
    return head


def _check_type(media_type: str, kind: Kind, name: str) -> str:
    if kind.types and media_type not in kind.types:
        raise FileTypeRefused(
            _("“%(name)s” is %(type)s, which is not taken here. Taken are: %(types)s.")
            % {
                "name": clean_name(name),
                "type": media_type,
                "types": ", ".join(sorted(kind.types)),
            },
            field="file",
        )
    return media_type


def _limited(fileobj: IO[bytes], head: bytes, kind: Kind) -> Iterator[bytes]:
    limit, size, chunk = max_bytes(kind), 0, head
    while chunk:
        size += len(chunk)
        if size > limit:
            raise FileTooLarge(
                _("The file is larger than %(limit)s, the limit for this.")
                % {"limit": filesizeformat(limit)},
                field="file",
            )
        yield chunk
        chunk = fileobj.read(CHUNK)


def _write(chunks: Iterator[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    incoming = Path(settings.MEDIA_ROOT) / "incoming" / uuid4().hex
    with written_whole(incoming) as file:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    settle(incoming, path_of(digest.hexdigest()))
    return digest.hexdigest(), size
