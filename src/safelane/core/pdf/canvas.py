"""Drawing on paper: metric coordinates become the paths of an SVG."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry


class Canvas:
    """Metric coordinates to picture coordinates, y downwards."""

    def __init__(self, bounds: tuple[float, float, float, float], width: float) -> None:
        west, south, east, north = bounds
        margin = 0.02 * (east - west)
        self.west, self.north = west - margin, north + margin
        self.scale = width / (east - west + 2 * margin)
        self.width = width
        self.height = (north - south + 2 * margin) * self.scale

    def path(self, geometry: BaseGeometry) -> str:
        """Return the path data of a polygon or multipolygon."""
        rings = []
        for part in shapely.get_parts(geometry):
            if part.geom_type == "Polygon":
                rings += [part.exterior, *part.interiors]
        return "".join(self._ring(shapely.get_coordinates(ring)) for ring in rings)

    def point(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.west) * self.scale, (self.north - y) * self.scale

    def _ring(self, points: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> str:
        pairs = [self.point(x, y) for x, y in points]
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in pairs) + "Z"
