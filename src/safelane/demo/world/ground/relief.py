"""Height, slope, cover and land use that agree with each other and the map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safelane.demo.world.streams import pick, stream

WAVES = 24
SOILS = {
    "LA": {"laterite": 0.45, "clay": 0.3, "medium": 0.15, "rock": 0.1},
    "AZ": {"medium": 0.45, "clay": 0.25, "soft": 0.15, "gravel": 0.15},
}
COVER = {
    "LA": {
        "flat": {"grass": 5, "crops": 4, "bushes": 1},
        "gentle": {"grass": 4, "bushes": 4, "light_forest": 2},
        "steep": {"bushes": 3, "dense_forest": 4, "bamboo": 3},
        "very_steep": {"dense_forest": 7, "bamboo": 3},
    },
    "AZ": {
        "flat": {"grass": 6, "crops": 1, "bushes": 2, "orchard": 1},
        "gentle": {"grass": 5, "bushes": 4, "none": 1},
        "steep": {"bushes": 5, "grass": 3, "light_forest": 2},
        "very_steep": {"dense_forest": 4, "bushes": 4, "none": 2},
    },
}
USES = {
    "LA": {
        "crops": {"agriculture": 9, "housing": 1},
        "grass": {"pasture": 5, "agriculture": 4, "transport": 1},
        "bushes": {"agriculture": 5, "pasture": 3, "forest": 2, "school_health": 1},
        "light_forest": {"forest": 6, "agriculture": 3, "water": 1},
        "dense_forest": {"forest": 8, "agriculture": 1, "nature": 1},
        "bamboo": {"forest": 6, "agriculture": 4},
    },
    "AZ": {
        "crops": {"agriculture": 9, "housing": 1},
        "orchard": {"agriculture": 9, "housing": 1},
        "grass": {"agriculture": 7, "housing": 2, "transport": 1, "energy": 1},
        "bushes": {"agriculture": 5, "water": 2, "transport": 2, "housing": 1},
        "light_forest": {"environment_science": 7, "agriculture": 3},
        "dense_forest": {"environment_science": 8, "other": 2},
        "none": {"transport": 5, "other": 5},
    },
}
HARDNESS = {"flat": 0, "gentle": 1, "steep": 2, "very_steep": 3}
DENSITY = {"none": 0, "crops": 0, "orchard": 1, "grass": 1, "bushes": 2,
           "light_forest": 2, "dense_forest": 3, "bamboo": 3}  # fmt: skip
DIFFICULTY = ("easy", "easy", "moderate", "moderate", "difficult", "very_difficult",
              "very_difficult")  # fmt: skip
STEEPER = {"LA": 3.0, "AZ": 2.0}  # real hillsides against the smooth surface


@dataclass(frozen=True, slots=True)
class Ground:
    """What a surveyor would note of a place."""

    terrain: str
    slope: str
    vegetation: str
    soil: str
    land_use: str
    difficulty: str


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
        slope = slope_class(self.gradient(xy) * STEEPER[self.country])
        vegetation = pick(rng, COVER[self.country][slope])
        hard = HARDNESS[slope] + DENSITY[vegetation]
        return Ground(
            terrain=_terrain(slope, self.height(xy) > self.base),
            slope=slope,
            vegetation=vegetation,
            soil=pick(rng, SOILS[self.country]),
            land_use=pick(rng, USES[self.country][vegetation]),
            difficulty=DIFFICULTY[hard],
        )


def slope_class(percent: float) -> str:
    """Return flat (under 5°), gentle (15°), steep (30°) or very steep."""
    degrees = float(np.degrees(np.arctan(percent / 100)))
    for limit, name in ((5, "flat"), (15, "gentle"), (30, "steep")):
        if degrees < limit:
            return name
    return "very_steep"


def _terrain(slope: str, is_high: bool) -> str:
    if slope == "flat":
        return "flat"
    if slope == "gentle":
        return "hills" if is_high else "valley"
    return "mountain" if is_high else "ridge"
