"""Rank stored units again with other weights, without the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from .config import PriorConfig
from .ground import COMMUNITY, NEIGHBOURHOOD, share_covered
from .lattice import Floats, all_to_metric
from .ranking import rank_units
from .reasons import reasons_of
from .results import LevelResult, Unit
from .stability import rank_stability, weight_sensitivity
from .weights import weights_of

SURVEYED = "surveyed"


@dataclass(frozen=True)
class StoredLevel:
    """What is kept of a level: its units and their raw values.

    Args:
        level: ``district``, ``community`` or ``unit``.
        kind: ``records`` or ``lines``.
    """

    level: str
    kind: str
    units: list[Unit]
    layers: dict[str, Floats]
    facts: dict[str, Floats]


def reweigh_level(
    stored: StoredLevel,
    config: PriorConfig,
    surveyed: Sequence[BaseGeometry] | None,
) -> LevelResult:
    """Rank stored values by the weights of ``config``.

    Sensitivity covers weights only: other kernels and months need the records.

    Args:
        surveyed: WGS 84 polygons of finished survey; None means nothing is known.
    """
    facts = {k: v for k, v in stored.facts.items() if k != SURVEYED}
    unsurveyed = None
    if surveyed is not None:
        facts[SURVEYED] = _share(stored, surveyed, config)
        unsurveyed = 1.0 - facts[SURVEYED]
    weights = weights_of(config, list(stored.layers))
    ranking = rank_units(stored.layers, weights, unsurveyed)
    return LevelResult(
        stored.level,
        stored.units,
        stored.layers,
        facts,
        ranking,
        rank_stability(ranking, config, unsurveyed),
        reasons_of(ranking, stored.layers, facts, stored.kind),
        list(weight_sensitivity(ranking, config, unsurveyed)),
    )


def _share(
    stored: StoredLevel, surveyed: Sequence[BaseGeometry], config: PriorConfig
) -> Floats:
    shapes = all_to_metric([unit.geometry for unit in stored.units], config.epsg)
    if stored.level == COMMUNITY:
        circles = shapely.buffer(np.array(shapes, dtype=object), NEIGHBOURHOOD)
        shapes = list(np.asarray(circles))
    return share_covered(shapes, all_to_metric(surveyed, config.epsg))
