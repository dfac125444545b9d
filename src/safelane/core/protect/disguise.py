"""Marks instead of running numbers, which tell everybody how much others have written.

A key of the database becomes eight letters. No two keys ever become the same, whoever
asks and when: it is a permutation (a Feistel network of AES), and its own key stays
with the installation for good, also when the secret is changed.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from safelane.core.protect.installation import installation

ROUNDS, HALF = 8, 16
WORD = "<i8"  # on every machine
MASK = (1 << HALF) - 1
# No digits, as numbers of before have; no vowels, so that no mark is a word.
LETTERS = str.maketrans("0123456789abcdef", "BCDFGHJKLMNPQRST")


def disguised(keys: Iterable[int]) -> list[str]:
    """Return the mark of each key of the database, in order."""
    given = np.fromiter(keys, dtype=WORD)
    mixed = _mixed(given, bytes.fromhex(installation().numbering))
    return [f"{mark:08x}".translate(LETTERS) for mark in mixed.tolist()]


def _mixed(keys: np.ndarray, secret: bytes) -> np.ndarray:
    """Permute the 32 lower bits; what is above them stays, so that all keys differ."""
    cipher = Cipher(AES(secret), ECB()).encryptor()  # noqa: S305 - one block each
    left, right = keys >> HALF & MASK, keys & MASK
    for turn in range(ROUNDS):
        blocks = np.stack([right, np.full_like(right, turn)], axis=1)
        coded = np.frombuffer(cipher.update(blocks.tobytes()), dtype=WORD)
        left, right = right, left ^ (coded[::2] & MASK)
    return keys >> 2 * HALF << 2 * HALF | left << HALF | right
