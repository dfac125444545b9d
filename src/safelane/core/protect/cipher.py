"""Sealing texts with AES-256-GCM; keys come from the installation's secret.

A sealed text is ``p1:<key id>:<base64 of nonce and ciphertext>``. The context (model
and field) is authenticated with it, so that a value copied into another column does not
open. The key is derived from the secret by HKDF-SHA256 (RFC 5869), so it differs from
every other use of the secret. After the secret has changed, the old one stays in
``SECRET_KEY_FALLBACKS`` until ``safelane reseal`` ran.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from safelane.core.errors import ConfigurationError, SafelaneError

VERSION = "p1"
PURPOSE = b"safelane protected fields, version 1"
KEY_BYTES = 32
NONCE_BYTES = 12


@lru_cache(maxsize=16)
def derive_key(secret: str, purpose: bytes = PURPOSE) -> bytes:
    """Return the 32-byte key of a secret for one purpose."""
    kdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose)
    return kdf.derive(secret.encode())


def key_id(key: bytes) -> str:
    """Return eight digits that name a key without telling it."""
    return hashlib.sha256(b"key id" + key).hexdigest()[:8]


def current_key() -> bytes:
    """Return the key with which new texts are sealed."""
    return derive_key(settings.SECRET_KEY)


def known_keys() -> dict[str, bytes]:
    """Return key id -> key for the secret in use and those before it."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return {key_id(key): key for key in map(derive_key, secrets)}


def seal(text: str, context: str) -> str:
    """Return ``text`` sealed for ``context``; equal texts never look equal."""
    key = current_key()
    return f"{VERSION}:{key_id(key)}:{seal_under(key, text, context)}"


def seal_under(key: bytes, text: str, context: str) -> str:
    """Return nonce and ciphertext in base64."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), context.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, context: str) -> str:
    """Return the text that was sealed for ``context``.

    Raises:
        Unreadable: It was sealed with a secret that is gone, altered, or copied from
            another field.
    """
    version, _colon, rest = sealed.partition(":")
    name, _colon, packed = rest.partition(":")
    key = known_keys().get(name)
    if version != VERSION or key is None:
        raise Unreadable(
            _(
                "A protected field was sealed with another secret. Put the old secret "
                "back, or name it as a fallback."
            )
        )
    return open_under(key, packed, context)


def open_under(key: bytes, packed: str, context: str) -> str:
    """Return the text of :func:`seal_under`.

    Raises:
        Unreadable: It was altered, or copied from another row or field.
    """
    try:
        data = base64.urlsafe_b64decode(packed)
        nonce, body = data[:NONCE_BYTES], data[NONCE_BYTES:]
        return AESGCM(key).decrypt(nonce, body, context.encode()).decode()
    except (InvalidTag, ValueError, binascii.Error) as error:
        raise Unreadable(
            _("A protected field was altered outside Safelane. Restore a backup.")
        ) from error


def is_current(sealed: str) -> bool:
    """Say whether a text is sealed with the key in use."""
    return sealed.startswith(f"{VERSION}:{key_id(current_key())}:")


class Unreadable(SafelaneError):
    """A protected field cannot be opened with the secrets at hand."""

    http_status = 500


class UnknownKey(SafelaneError):
    """The key is not one of this installation."""

    http_status = 422


class SecretMissing(ConfigurationError):
    """There is data here, and not the secret that opens it."""


class SecretOther(ConfigurationError):
    """The secret is not the one by which the data here is sealed."""
