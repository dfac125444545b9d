"""The ranking itself: normalise layers by percentile, weigh, discount, order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .lattice import Flags, Floats, Ints

NOISE = 1e-9


@dataclass(frozen=True, slots=True)
class Ranking:
    """A level's scores and ranks.

    Args:
        keys: The layers, columns of ``percentiles``.
        weights: Their weights, summing to 1.
        percentiles: Share of the other units with a lower value, shape (n, layers);
            NaN where a layer is missing.
        score: Weighted mean over the layers present, times the unsurveyed share.
        rank: 1 is first; equal scores keep the order of the input.
        partial: Units for which a weighted layer is missing.
    """

    keys: tuple[str, ...]
    weights: Floats
    percentiles: Floats
    score: Floats
    rank: Ints
    partial: Flags


def percentile(values: Floats) -> Floats:
    """Return the share of the other known values that are strictly lower.

    Ties share the value of the lowest, so units without any record stand at 0.
    A single known value stands at 0; NaN stays NaN.
    """
    known = ~np.isnan(values)
    clean = np.round(values / NOISE) * NOISE
    result = np.full(len(values), np.nan)
    ordered = np.sort(clean[known])
    others = max(len(ordered) - 1, 1)
    result[known] = np.searchsorted(ordered, clean[known], side="left") / others
    return result


def normalise(layers: Mapping[str, Floats]) -> Floats:
    """Return the percentiles of all layers, shape (n, layers)."""
    return np.column_stack([percentile(values) for values in layers.values()])


def scores(percentiles: Floats, weights: Floats, unsurveyed: Floats) -> Floats:
    """Return scores in 0..1, shape (n,) or (n, weightings).

    Args:
        percentiles: Shape (n, layers), NaN where missing: the weights of the layers
            present are renormalised.
        weights: Shape (layers,) or (weightings, layers).
        unsurveyed: Share of each unit not surveyed yet, shape (n,).
    """
    present = ~np.isnan(percentiles)
    total = np.where(present, percentiles, 0.0) @ weights.T
    mass = present @ weights.T
    mean = np.divide(total, mass, out=np.zeros_like(total), where=mass > 0)
    factor = unsurveyed if mean.ndim == 1 else unsurveyed[:, None]
    return np.asarray(mean * factor)


def ranks(score: Floats) -> Ints:
    """Return ranks from 1 along the first axis, highest score first, ties stable."""
    order = np.argsort(-np.round(score, 12), axis=0, kind="stable")
    result = np.empty(score.shape, dtype=np.int64)
    places = np.arange(1, len(score) + 1, dtype=np.int64)
    places = places if score.ndim == 1 else places[:, None]
    np.put_along_axis(result, order, places, axis=0)
    return result


def rank_units(
    layers: Mapping[str, Floats],
    weights: Mapping[str, float],
    unsurveyed: Floats | None = None,
) -> Ranking:
    """Rank the units of one level.

    Args:
        layers: Raw values by layer, each of shape (n,), NaN where unknown.
        weights: Weight by layer; renormalised over the layers given.
        unsurveyed: Share not surveyed yet, 0..1; None means nothing is known, so
            nothing is taken off.
    """
    keys = tuple(layers)
    vector = np.array([weights[key] for key in keys], dtype=np.float64)
    vector = vector / vector.sum()
    percentiles = normalise(layers)
    factor = np.ones(len(percentiles)) if unsurveyed is None else unsurveyed
    score = scores(percentiles, vector, factor)
    missing = np.asarray(np.isnan(percentiles)[:, vector > 0].any(axis=1))
    return Ranking(keys, vector, percentiles, score, ranks(score), missing)
