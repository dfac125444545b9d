"""Keys that sign: a file each in the data folder, public halves in the database.

Every signature names its key. A retired key signs no more and stays verifiable; a key
whose file is lost too, by its public half.
"""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.history.actions import Entry, record
from safelane.core.protect.cipher import UnknownKey
from safelane.core.protect.models import SigningKey
from safelane.core.scope import Actor

FOLDER = "keys"
ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature and the key that made it."""

    key_id: str
    text: str


def folder() -> Path:
    """Return where the private halves lie."""
    return Path(settings.DATA_DIR) / FOLDER


def sign(purpose: str, content: bytes, *, by: Actor) -> Signature:
    """Sign with the key in use for a purpose; the first call makes it."""
    key_id, key = _current(purpose) or make_key(purpose, by=by)
    signature = base64.b64encode(key.sign(content)).decode()
    return Signature(key_id, signature)


def verify(key_id: str, content: bytes, signature: str) -> bool:
    """Say whether a key of this installation made the signature.

    Raises:
        UnknownKey: No key of this name was ever made here.
    """
    try:
        _public(key_id).verify(base64.b64decode(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


@transaction.atomic
def make_key(purpose: str, *, by: Actor) -> tuple[str, Ed25519PrivateKey]:
    """Make a key, retire the one in use, and write both into the history."""
    key, now = Ed25519PrivateKey.generate(), timezone.now()
    public = key.public_key().public_bytes_raw()
    key_id = hashlib.sha256(public).hexdigest()[:ID_DIGITS]
    text = base64.b64encode(public).decode()
    retired = SigningKey.objects.filter(purpose=purpose, retired=None)
    before = {"keys": sorted(retired.values_list("key_id", flat=True))}
    retired.update(retired=now)
    SigningKey.objects.create(key_id=key_id, purpose=purpose, public=text, made=now)
    after = {"keys": [key_id], "public": text}
    record(Entry(None, "key.make", "key", key_id, key_id, before, after), by=by)
    _write(_path(key_id), key.private_bytes_raw())
    return key_id, key


def lost_keys() -> list[SigningKey]:
    """Return keys in use whose private half is not in the data folder."""
    rows = SigningKey.objects.filter(retired=None)
    return [row for row in rows if _private(row.key_id) is None]


def _current(purpose: str) -> tuple[str, Ed25519PrivateKey] | None:
    for row in SigningKey.objects.filter(purpose=purpose, retired=None):
        key = _private(row.key_id)
        if key is not None:
            return row.key_id, key
    return None


def _public(key_id: str) -> Ed25519PublicKey:
    """Return the public half: of the file, else of the table."""
    key = _private(key_id)
    if key is not None:
        return key.public_key()
    row = SigningKey.objects.filter(key_id=key_id).first()
    public = base64.b64decode(row.public) if row else b""
    if hashlib.sha256(public).hexdigest()[:ID_DIGITS] != key_id:
        raise UnknownKey(
            _("The key %(key)s was not made by this installation.") % {"key": key_id}
        )
    return Ed25519PublicKey.from_public_bytes(public)


def _private(key_id: str) -> Ed25519PrivateKey | None:
    try:
        content = bytes.fromhex(_path(key_id).read_text(encoding="ascii"))
        return Ed25519PrivateKey.from_private_bytes(content)
    except (OSError, ValueError):
        return None


def _path(key_id: str) -> Path:
    return folder() / f"{Path(key_id).name}.key"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(content.hex())
        file.flush()
        os.fsync(file.fileno())
