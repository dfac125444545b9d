"""How firmly a rank stands when weights, kernels or doubtful months change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import scipy

from .config import PriorConfig
from .lattice import Floats, Ints
from .ranking import Ranking, rank_units, ranks, scores
from .weights import draw_weights, one_at_a_time

BATCH = 100
TAU_DRAWS = 100


@dataclass(frozen=True, slots=True)
class RankStability:
    """Per unit, over the random weightings.

    Args:
        low, high: 5th and 95th percentile of the rank.
        top_share: Share of weightings in which it stands in the top list.
        top_tenth_share: The same for the first tenth of all units.
    """

    low: Ints
    high: Ints
    top_share: Floats
    top_tenth_share: Floats


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What one change to the method does to a whole ranking.

    Args:
        change: Its name, such as ``bandwidth:500`` or ``weight:people:dropped``.
        kendall: Kendall's tau-b between the two orders; a mean over weightings.
        top_kept: Share of the top list that stays in it.
        top_tenth_kept: Share of the first tenth that stays in it.
    """

    change: str
    kendall: float
    top_kept: float
    top_tenth_kept: float


def rank_stability(
    ranking: Ranking, config: PriorConfig, unsurveyed: Floats | None
) -> RankStability:
    """Draw weightings and follow every unit's rank."""
    drawn = _drawn_ranks(ranking, draw_weights(config, ranking.weights), unsurveyed)
    low, high = np.percentile(drawn, [5, 95], axis=1, method="nearest")
    return RankStability(
        low.astype(np.int64),
        high.astype(np.int64),
        (drawn <= _top(config, drawn)).mean(axis=1),
        (drawn <= _tenth(drawn)).mean(axis=1),
    )


def weight_sensitivity(
    ranking: Ranking, config: PriorConfig, unsurveyed: Floats | None
) -> Iterator[Sensitivity]:
    """Yield what changed weights do: in this order, in any order, one at a time."""
    free = draw_weights(config, ranking.weights, free=True)
    kept = draw_weights(config, ranking.weights)
    for name, weights in (("weights:around", kept), ("weights:any", free)):
        drawn = _drawn_ranks(ranking, weights[:TAU_DRAWS], unsurveyed)
        yield _compare(name, ranking.rank, drawn, config)
    for layer, change, weights in one_at_a_time(ranking.weights):
        drawn = _drawn_ranks(ranking, weights[None, :], unsurveyed)
        yield _compare(
            f"weight:{ranking.keys[layer]}:{change}", ranking.rank, drawn, config
        )


def field_sensitivity(
    change: str,
    base: Ranking,
    layers: Mapping[str, Floats],
    config: PriorConfig,
    unsurveyed: Floats | None,
) -> Sensitivity:
    """Return what another intensity field does to the ranking."""
    weights = dict(zip(base.keys, base.weights.tolist(), strict=True))
    other = rank_units(layers, weights, unsurveyed)
    return _compare(change, base.rank, other.rank[:, None], config)


def _drawn_ranks(ranking: Ranking, weights: Floats, unsurveyed: Floats | None) -> Ints:
    factor = np.ones(len(ranking.score)) if unsurveyed is None else unsurveyed
    drawn = np.empty((len(ranking.score), len(weights)), dtype=np.int32)
    for start in range(0, len(weights), BATCH):
        part = weights[start : start + BATCH]
        drawn[:, start : start + len(part)] = ranks(
            scores(ranking.percentiles, part, factor)
        )
    return drawn.astype(np.int64, copy=False)


def _compare(change: str, base: Ints, drawn: Ints, config: PriorConfig) -> Sensitivity:
    taus = [_tau(base, drawn[:, column]) for column in range(drawn.shape[1])]
    top, tenth = _top(config, drawn), _tenth(drawn)
    return Sensitivity(
        change,
        float(np.mean(taus)),
        float((drawn[base <= top] <= top).mean()),
        float((drawn[base <= tenth] <= tenth).mean()),
    )


def _tau(first: Ints, second: Ints) -> float:
    if len(first) < 2:
        return 1.0
    return float(scipy.stats.kendalltau(first, second).statistic)


def _top(config: PriorConfig, drawn: Ints) -> int:
    return min(config.top, len(drawn))


def _tenth(drawn: Ints) -> int:
    return max(round(len(drawn) / 10), 1)
