"""Weights from an order of importance, and random weightings around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .config import PriorConfig
from .lattice import Floats


def rank_order_centroid(count: int) -> Floats:
    """Return w_k = (1/n) sum_{i=k..n} 1/i: the mean of all weights in that order.

    Source: Barron and Barrett (1996); safe default of DOMAIN 6.1. For n = 4 the
    weights are 0.521, 0.271, 0.146, 0.063.
    """
    shares = 1.0 / np.arange(1, count + 1)
    return np.asarray(np.cumsum(shares[::-1])[::-1] / count)


def weights_of(config: PriorConfig, keys: Sequence[str]) -> dict[str, float]:
    """Return the weight of each of ``keys``, summing to 1.

    Layers outside ``keys`` are left out and the rest renormalised.
    """
    centroid = rank_order_centroid(len(config.order))
    chosen: Mapping[str, float] = config.weights or dict(
        zip(config.order, centroid.tolist(), strict=True)
    )
    given = {key: float(chosen.get(key, 0.0)) for key in keys}
    total = sum(given.values())
    if total <= 0:
        return {key: 1.0 / len(keys) for key in keys}
    return {key: value / total for key, value in given.items()}


def draw_weights(config: PriorConfig, weights: Floats, free: bool = False) -> Floats:
    """Draw weightings, shape (draws, layers), each summing to 1.

    Weights from an order of importance: uniform over all weights in that order (the
    centroid is their mean). Explicit weights: Dirichlet around them. ``free``: uniform
    over all weights in any order.
    """
    random = np.random.default_rng(config.seed)
    count = len(weights)
    if config.weights and not free:
        alpha = np.maximum(weights * config.concentration, 1e-3)
        return np.asarray(random.dirichlet(alpha, config.draws))
    drawn = random.dirichlet(np.ones(count), config.draws)
    if free:
        return np.asarray(drawn)
    place = np.argsort(np.argsort(-weights, kind="stable"), kind="stable")
    return np.asarray(-np.sort(-drawn, axis=1)[:, place])


def one_at_a_time(weights: Floats) -> list[tuple[int, str, Floats]]:
    """Return each weight dropped, halved and doubled: (layer, change, weights)."""
    changes = [("dropped", 0.0), ("halved", 0.5), ("doubled", 2.0)]
    variants = []
    for layer in range(len(weights)):
        for name, factor in changes:
            changed = weights.copy()
            changed[layer] *= factor
            if changed.sum() > 0:
                variants.append((layer, name, changed / changed.sum()))
    return variants
