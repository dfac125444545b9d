"""Keys of the database in addresses, which as numbers tell how many rows others wrote.

A key is one block of AES together with the name of its table: only what was written
here for this table is read, as long as its secret is known.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import ClassVar

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from django.conf import settings

from safelane.core.protect.cipher import derive_key

PURPOSE = b"safelane keys in addresses, version 1"
KEY_BYTES = 8
WRITTEN = re.compile(r"[A-Za-z0-9_-]{22}")


def written_key(key: int, table: str) -> str:
    """Return a key of a table as an address shows it."""
    block = key.to_bytes(KEY_BYTES, "big") + _name(table)
    mixed = _cipher(settings.SECRET_KEY).encryptor().update(block)
    return base64.urlsafe_b64encode(mixed).rstrip(b"=").decode()


def read_key(text: object, table: str) -> int:
    """Return the key that :func:`written_key` wrote for a table.

    Raises:
        ValueError: It did not, or with a secret that is gone.
    """
    if not isinstance(text, str) or not WRITTEN.fullmatch(text):
        raise ValueError(text)
    mixed = base64.urlsafe_b64decode(f"{text}==")
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        block = _cipher(secret).decryptor().update(mixed)
        if block[KEY_BYTES:] == _name(table):
            return int.from_bytes(block[:KEY_BYTES], "big")
    raise ValueError(text)


def _cipher(secret: str) -> Cipher[ECB]:
    return Cipher(AES(derive_key(secret, PURPOSE)), ECB())  # noqa: S305 - one block


def _name(table: str) -> bytes:
    return hashlib.sha256(table.encode()).digest()[:KEY_BYTES]


class KeyConverter:
    """The part of an address that names a row by its key."""

    regex = WRITTEN.pattern
    table: ClassVar[str]

    def to_python(self, value: str) -> int:
        return read_key(value, self.table)

    def to_url(self, value: int) -> str:
        return written_key(value, self.table)


def keys_of(table: str) -> type[KeyConverter]:
    """Return what reads and writes the keys of a table in addresses."""
    return type("KeyConverter", (KeyConverter,), {"table": table})
