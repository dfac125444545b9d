"""Secrets: random ones for links and tokens, their hashes, and a cipher."""

from __future__ import annotations

import base64
import hashlib
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

TOKEN_PREFIX = "slt_"  # noqa: S105 - scanners of leaks recognise it
HINT_LENGTH = 9
PURPOSE = b"safelane.signin.second-factor"


def new_secret() -> str:
    """Return 256 random bits as text that fits into an address."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """Return the hash to store and to look up by.

    A plain SHA-256 is enough: the secret is random, so nobody can guess it.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def cipher() -> MultiFernet:
    """Return the cipher of small secrets in the database.

    It writes with the signing secret in use, and reads with those before it too.
    """
    known = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([_fernet(secret) for secret in known])


def reencrypted(text: str) -> str:
    """Return ``text`` encrypted with the secret in use.

    Raises:
        InvalidToken: No known secret encrypted it.
    """
    return cipher().rotate(text.encode()).decode()


def is_of_current_secret(text: str) -> bool:
    """Say whether the secret in use encrypted ``text``."""
    try:
        _fernet(settings.SECRET_KEY).decrypt(text.encode())
    except InvalidToken:
        return False
    return True


def _fernet(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    key = derived.derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))
