"""Height, slope, cover and land use that agree with each other and the map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safelane.demo.world.streams import pick, stream

WAVES = 24
SOILS = {
    "LA": {"laterite": 0.45, "clay": 0.3, "loam": 0.15, "rocky": 0.1},
    "AZ": {"loam": 0.45, "clay": 0.25, "sandy": 0.15, "rocky": 0.15},
}
COVER = {
    "LA": {
        "flat": {"grass": 5, "crops": 4, "bushes": 1},
        "gentle": {"grass": 4, "bushes": 4, "forest": 2},
        "moderate": {"bushes": 4, "forest": 4, "bamboo": 2},
        "steep": {"forest": 6, "bamboo": 3, "bushes": 1},
    },
    "AZ": {
        "flat": {"grass": 6, "crops": 1, "bushes": 3},
        "gentle": {"grass": 5, "bushes": 4, "none": 1},
        "moderate": {"bushes": 5, "grass": 3, "forest": 2},
        "steep": {"forest": 4, "bushes": 4, "none": 2},
    },
}
USES = {
    "LA": {
        "crops": {"agriculture": 9, "housing": 1},
        "grass": {"grazing": 5, "agriculture": 4, "infrastructure": 1},
        "bushes": {"agriculture": 4, "grazing": 3, "forestry": 3},
        "forest": {"forestry": 7, "agriculture": 2, "tourism": 1},
        "bamboo": {"forestry": 6, "agriculture": 4},
    },
    "AZ": {
        "crops": {"agriculture": 9, "housing": 1},
        "grass": {"agriculture": 5, "grazing": 3, "housing": 1, "infrastructure": 1},
        "bushes": {"agriculture": 5, "grazing": 2, "infrastructure": 2, "housing": 1},
        "forest": {"forestry": 6, "tourism": 2, "grazing": 2},
        "none": {"infrastructure": 5, "grazing": 5},
    },
}
HARDNESS = {"flat": 0, "gentle": 1, "moderate": 2, "steep": 3}
DENSITY = {"none": 0, "crops": 0, "grass": 1, "bushes": 2, "forest": 3, "bamboo": 3}


@dataclass(frozen=True, slots=True)
class Ground:
    """What a surveyor would note of a place."""

    terrain: str
    slope: str
    vegetation: str
    soil: str
    land_use: str
    difficulty: str
    elevation_m: int


class Relief:
    """A smooth surface made of waves, the same everywhere for a seed and a region."""

    def __init__(self, seed: int, country: str, base: float, height: float) -> None:
        rng = stream(seed, country, "relief")
        length = np.exp(rng.uniform(np.log(3_000), np.log(40_000), WAVES))
        heading = rng.uniform(0, 2 * np.pi, WAVES)
        self.country = country
        self.base = base
        self._k = (2 * np.pi / length)[:, None] * np.column_stack(
            [np.cos(heading), np.sin(heading)]
        )
        self._phase = rng.uniform(0, 2 * np.pi, WAVES)
        self._size = height * length / length.sum()

    def height(self, xy: NDArray[np.float64]) -> float:
        """Return metres above sea level at one point (metres)."""
        return float(self.base + self._size @ np.sin(self._k @ xy + self._phase))

    def gradient(self, xy: NDArray[np.float64]) -> float:
        """Return the steepest slope at one point, in per cent."""
        parts = self._size * np.cos(self._k @ xy + self._phase)
        return float(np.hypot(*(parts @ self._k)) * 100)

    def ground(self, xy: NDArray[np.float64], rng: np.random.Generator) -> Ground:
        """Return the attributes of one point, drawn so that they agree."""
        slope = slope_class(self.gradient(xy))
        vegetation = pick(rng, COVER[self.country][slope])
        hard = HARDNESS[slope] + DENSITY[vegetation]
        return Ground(
            terrain=_terrain(slope, self.height(xy) > self.base),
            slope=slope,
            vegetation=vegetation,
            soil=pick(rng, SOILS[self.country]),
            land_use=pick(rng, USES[self.country][vegetation]),
            difficulty="easy" if hard < 2 else "medium" if hard < 4 else "difficult",
            elevation_m=int(self.height(xy)),
        )


def slope_class(percent: float) -> str:
    """Return flat, gentle, moderate or steep."""
    for limit, name in ((3, "flat"), (7, "gentle"), (13, "moderate")):
        if percent < limit:
            return name
    return "steep"


def _terrain(slope: str, is_high: bool) -> str:
    if slope == "flat":
        return "plateau" if is_high else "plain"
    if slope == "gentle":
        return "rolling" if is_high else "valley"
    return "mountain" if slope == "steep" and is_high else "hillside"
