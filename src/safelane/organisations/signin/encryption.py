"""Encryption of small secrets in the database with a key from the signing secret."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"safelane.signin.second-factor"


def cipher() -> Fernet:
    """Return the cipher; changing the secret makes old texts unreadable."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    key = derived.derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(key))
