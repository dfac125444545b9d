"""Random secrets for links and tokens, and the hashes that are stored of them."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_PREFIX = "slt_"  # noqa: S105 - scanners of leaks recognise it
HINT_LENGTH = 9


def new_secret() -> str:
    """Return 256 random bits as text that fits into an address."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """Return the hash to store and to look up by.

    A plain SHA-256 is enough: the secret is random, so nobody can guess it.
    """
    return hashlib.sha256(secret.encode()).hexdigest()
