"""A hazardous area while it is being made, in metres."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Polygon


@dataclass(slots=True)
class Draft:
    """An area in metres and where it came from; made into a ``Hazard`` at the end.

    ``origin`` names the process: strike, belt, nuisance, claim, line, worksite or spot.
    """

    key: str
    origin: str
    kind: str
    polygon: Polygon
    parent: str = ""
    items: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    threat: str = ""

    @property
    def centre(self) -> NDArray[np.float64]:
        return np.array(self.polygon.representative_point().coords[0])


class Occupied:
    """Ground that is taken, by enclosing circles, so that new areas mostly keep off."""

    def __init__(self) -> None:
        self._centres: list[tuple[float, float]] = []
        self._reach: list[float] = []

    def add(self, polygon: Polygon) -> None:
        x0, y0, x1, y1 = polygon.bounds
        self._centres.append(((x0 + x1) / 2, (y0 + y1) / 2))
        self._reach.append(float(np.hypot(x1 - x0, y1 - y0)) / 2)

    def is_free(self, xy: NDArray[np.float64], reach: float) -> bool:
        """Say whether a circle around ``xy`` touches none that is taken."""
        if not self._centres:
            return True
        gaps = np.hypot(*(np.array(self._centres) - xy).T) - np.array(self._reach)
        return bool(np.min(gaps) > reach)
