"""How many of each, and how large: the statistics that the shapes follow.

Sizes follow the Bosnian polygons that were measured for the design: suspect areas have
median 4.4 ha, 10 % under 0.22 ha and 10 % over 25.6 ha; cleared areas median 945 m2 and
10 % over 1.5 ha.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Z90 = 1.2815515655446004


@dataclass(frozen=True, slots=True)
class SplitLognormal:
    """Sizes in m2 with a median and a different spread on either side of it."""

    p10: float
    median: float
    p90: float

    def quantiles(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sizes at ``levels`` (0 to 1)."""
        z = ndtri(levels)
        low = np.log(self.median / self.p10) / Z90
        high = np.log(self.p90 / self.median) / Z90
        sizes: NDArray[np.float64] = self.median * np.exp(
            np.where(z < 0, low, high) * z
        )
        return sizes

    def spread(self, count: int) -> NDArray[np.float64]:
        """Return ``count`` sizes, smallest first, that follow the distribution."""
        return self.quantiles((np.arange(count) + 0.5) / max(count, 1))


SUSPECT = SplitLognormal(p10=2_200.0, median=44_000.0, p90=256_000.0)
CLEARED = SplitLognormal(p10=200.0, median=945.0, p90=15_000.0)


def remaining_sizes(
    wanted: SplitLognormal, count: int, taken: Sequence[float]
) -> list[float]:
    """Return sizes for the areas still to draw, smallest first.

    ``taken`` are the sizes of areas that follow from a process (strikes, mine belts);
    with the answer, all ``count`` areas together follow ``wanted``.
    """
    sizes = [float(size) for size in wanted.spread(count)]
    for size in sorted(taken):
        place = min(bisect_left(sizes, size), len(sizes) - 1)
        if place and size - sizes[place - 1] < sizes[place] - size:
            place -= 1
        sizes.pop(place)
    return sizes


@dataclass(frozen=True, slots=True)
class PilotSize:
    """How many records of each kind one pilot has."""

    mapped: int  # confirmed areas that follow from strikes or belts
    nuisance: int  # confirmed areas elsewhere
    suspected: int
    worksites: int
    spot_tasks: int
    evidence: int
    accidents: int

    @property
    def hazards(self) -> int:
        return sum(
            (
                self.mapped,
                self.nuisance,
                self.suspected,
                self.worksites,
                self.spot_tasks,
            )
        )


@dataclass(frozen=True, slots=True)
class WorldSize:
    """The size of the whole world."""

    villages_per_district: int
    laos: PilotSize
    azerbaijan: PilotSize


FULL = WorldSize(
    villages_per_district=24,
    laos=PilotSize(600, 0, 460, 620, 120, 14_000, 190),
    azerbaijan=PilotSize(420, 170, 230, 380, 0, 6_000, 110),
)
SMALL = WorldSize(
    villages_per_district=4,
    laos=PilotSize(12, 0, 10, 12, 2, 280, 8),
    azerbaijan=PilotSize(8, 4, 5, 7, 0, 120, 4),
)
SIZES = {"full": FULL, "small": SMALL}
