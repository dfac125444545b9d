"""What goes into a run and what comes out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from shapely.geometry.base import BaseGeometry

from .config import PriorConfig
from .geodata import Area, Place, Source
from .lattice import Floats
from .ranking import Ranking
from .reasons import Reason
from .records.account import Account
from .sources import IntensitySource
from .stability import RankStability, Sensitivity


@dataclass(frozen=True)
class PriorInputs:
    """All that a run is made from, in WGS 84.

    Args:
        country: Two-letter code for the names of units.
        areas: Districts.
        places: Populated places.
        source: Bombing records or former lines.
        rivers, roads: Lines; empty means not supplied.
        surveyed: Polygons of finished survey; None means that nothing is known.
        sources: Where each input came from.
        notes: What a reader must know about these inputs.
    """

    country: str
    areas: Sequence[Area]
    places: Sequence[Place]
    source: IntensitySource
    rivers: Sequence[BaseGeometry] = ()
    roads: Sequence[BaseGeometry] = ()
    surveyed: Sequence[BaseGeometry] | None = None
    sources: Sequence[Source] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest listed place: metres to it and the bearing from it, in degrees."""

    place: str
    metres: float
    bearing: float

    @property
    def compass(self) -> str:
        """Return the eight-point direction from the place: "NE"."""
        points = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
        return points[round(self.bearing / 45.0) % 8]


@dataclass(frozen=True, slots=True)
class Unit:
    """A district, community or survey unit: ``district`` indexes the input areas."""

    code: str
    name: str
    geometry: BaseGeometry
    district: int
    near: Near | None = None


@dataclass(frozen=True)
class LevelResult:
    """The ranking of one level; arrays run over ``units``.

    ``layers`` hold raw values (distances in metres), ``facts`` further numbers to
    show: records, target_months, area_km2, people, line_km, surveyed.
    """

    level: str
    units: list[Unit]
    layers: dict[str, Floats]
    facts: dict[str, Floats]
    ranking: Ranking
    stability: RankStability
    reasons: list[list[Reason]]
    sensitivity: list[Sensitivity]

    def first(self, count: int) -> list[int]:
        """Return the indices of the first ``count`` units in order of rank."""
        return [int(i) for i in np.argsort(self.ranking.rank)[:count]]


@dataclass(frozen=True)
class PriorResult:
    """A finished run; ``missing`` names layers that nothing was supplied for."""

    inputs: PriorInputs
    config: PriorConfig
    kind: str
    levels: dict[str, LevelResult]
    weights: dict[str, float]
    missing: tuple[str, ...]
    account: Account | None
    seconds: float
    versions: dict[str, str] = field(default_factory=dict)

    def standing(self) -> dict[str, int]:
        """Return how many units of each level are ranked, and how many have records.

        Keys: ``<level>``, and for records ``<level>_with_records``.
        """
        counts = {name: len(level.units) for name, level in self.levels.items()}
        for name, level in self.levels.items():
            if "target_months" in level.facts:
                hit = int((level.facts["target_months"] > 0).sum())
                counts[f"{name}_with_records"] = hit
        return counts
