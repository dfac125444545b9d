"""Named child streams of random numbers: adding one feature shifts no other."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the generator of the feature ``names`` in the world of ``seed``.

    The same seed and names give the same numbers, whatever other features exist.
    """
    digest = sha256("/".join(str(name) for name in names).encode()).digest()
    words = tuple(int(word) for word in np.frombuffer(digest[:16], dtype=">u4"))
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=words)
    return np.random.Generator(np.random.PCG64(sequence))


def pick(rng: np.random.Generator, weighted: Mapping[T, float]) -> T:
    """Return one key of ``weighted``, drawn by its weight."""
    keys = list(weighted)
    weights = np.fromiter(weighted.values(), dtype=float, count=len(keys))
    return keys[int(rng.choice(len(keys), p=weights / weights.sum()))]
