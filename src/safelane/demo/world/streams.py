"""Named child streams of random numbers: one per feature, so that none shifts another."""

from __future__ import annotations

from hashlib import sha256

import numpy as np


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the generator of the feature ``names`` in the world of ``seed``.

    The same seed and names give the same numbers on every machine, whatever other
    features were generated before.
    """
    digest = sha256("/".join(str(name) for name in names).encode()).digest()
    words = tuple(int(word) for word in np.frombuffer(digest[:16], dtype=">u4"))
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=words)
    return np.random.Generator(np.random.PCG64(sequence))


def pick[T](rng: np.random.Generator, weighted: dict[T, float]) -> T:
    """Return one key of ``weighted``, drawn by its weight."""
    keys = list(weighted)
    weights = np.array(list(weighted.values()), dtype=float)
    return keys[int(rng.choice(len(keys), p=weights / weights.sum()))]
