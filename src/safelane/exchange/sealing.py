"""Files that may hold identities: sealed while an import needs them, then destroyed.

They lie in a folder of their own, in no backup, and no address leads to them. Each has
a key of its own, kept sealed with its import; with the key gone nobody can read what
may be left on the disk. Every piece is bound to its import and its place in the file.
"""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from safelane.core.files.durable import written_whole
from safelane.core.files.errors import FileContentMissing, FileTooLarge
from safelane.core.files.kinds import KINDS
from safelane.core.files.store import max_bytes

PIECE = 1 << 20
NONCE = 12
PREFIX = "safelane-sealed-"
_MEMORY = Path("/dev/shm")  # noqa: S108 - each folder made in it is private
_STALE_SECONDS = 24 * 3600


def seal_file(fileobj: IO[bytes], uid: UUID) -> str:
    """Seal a file for an import and return its key.

    Raises:
        FileTooLarge, StorageUnavailable: It cannot be kept.
    """
    key, limit, size = AESGCM.generate_key(256), max_bytes(KINDS["import"]), 0
    with written_whole(_path(uid), mode=0o600) as file:
        for number, piece in enumerate(_pieces(fileobj)):
            size += len(piece)
            if size > limit:
                message = _("The file is larger than %(limit)s, the limit for this.")
                raise FileTooLarge(message % {"limit": filesizeformat(limit)})
            file.write(_sealed(piece, key, uid, number))
    return base64.b64encode(key).decode()


@contextmanager
def unsealed(uid: UUID, key: str, name: str) -> Iterator[Path]:
    """Open a sealed file for reading, in a private folder that is gone afterwards.

    Raises:
        FileContentMissing: It was removed, altered, or is not in this data folder.
    """
    lost = FileContentMissing(
        _("The file “%(name)s” is no longer kept. Upload it again.") % {"name": name}
    )
    sealed = _path(uid)
    if not key or not sealed.is_file():
        raise lost
    with _private_folder(sealed.stat().st_size) as folder:
        path = folder / "file"
        try:
            with path.open("wb") as plain, sealed.open("rb") as file:
                for piece in _opened(file, base64.b64decode(key), uid):
                    plain.write(piece)
        except (InvalidTag, ValueError) as error:  # altered, or cut off
            raise lost from error
        yield path


def destroy_file(uid: UUID) -> None:
    """Remove a sealed file; it need not be there."""
    _path(uid).unlink(missing_ok=True)


def sweep(known: Iterable[UUID]) -> None:
    """Remove sealed files of no known import, and what a killed process left opened."""
    old = time.time() - _STALE_SECONDS
    kept = {uid.hex for uid in known}
    for sealed in _path(UUID(int=0)).parent.glob("*"):
        if sealed.name not in kept and sealed.stat().st_mtime < old:
            sealed.unlink(missing_ok=True)
    for place in {_MEMORY, Path(tempfile.gettempdir())}:
        for folder in place.glob(f"{PREFIX}*"):
            if folder.is_dir() and folder.stat().st_mtime < old:
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def on_disk(fileobj: IO[bytes]) -> Iterator[Path]:
    """Give an upload a path for the reading process; at its beginning afterwards."""
    with _private_folder(0) as folder:
        path = folder / "file"
        with path.open("wb") as file:
            shutil.copyfileobj(fileobj, file, PIECE)
        fileobj.seek(0)
        yield path


def _path(uid: UUID) -> Path:
    return Path(settings.DATA_DIR) / "sealed" / uid.hex


def _pieces(fileobj: IO[bytes]) -> Iterator[bytes]:
    """Yield the content and an empty last piece: a file cut off would lack it."""
    while piece := fileobj.read(PIECE):
        yield piece
    yield b""


def _sealed(piece: bytes, key: bytes, uid: UUID, number: int) -> bytes:
    nonce = os.urandom(NONCE)
    body = nonce + AESGCM(key).encrypt(nonce, piece, _bound(uid, number, piece))
    return len(body).to_bytes(4, "big") + body


def _opened(file: IO[bytes], key: bytes, uid: UUID) -> Iterator[bytes]:
    number, piece = 0, b"-"
    while piece:
        body = file.read(int.from_bytes(file.read(4), "big"))
        is_last = len(body) == NONCE + 16
        context = _bound(uid, number, b"" if is_last else b"-")
        piece = AESGCM(key).decrypt(body[:NONCE], body[NONCE:], context)
        number += 1
        yield piece


def _bound(uid: UUID, number: int, piece: bytes) -> bytes:
    return f"import:{uid.hex}:{number}:{'more' if piece else 'end'}".encode()


@contextmanager
def _private_folder(size: int) -> Iterator[Path]:
    """Make a folder for this process only: in memory where there is room."""
    place = None
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 4 * size:
        place = _MEMORY if size else None
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=place) as folder:
        yield Path(folder)
