"""The ground of a run: lattice, units, people, places, rivers; the same for all fields.

It turns an intensity field into the raw layers of districts, communities and survey
units, all by means over the same lattice cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy
import shapely
from shapely.geometry.base import BaseGeometry

from .config import PriorConfig
from .geodata import Area, Place
from .lattice import Floats, Ints, Lattice, cover, project, to_metric
from .units import SurveyUnits, survey_units

DISTRICT, COMMUNITY, UNIT = "district", "community", "unit"
REACH = 8.0  # people count out to eight decay lengths: 0.03 % of them
NEIGHBOURHOOD = 1000.0  # metres around a community that survey must cover
COMMUNITY_REACH = 5000.0  # metres around a community whose records are counted


@dataclass(frozen=True)
class Ground:
    """All that does not depend on the intensity field.

    Distances are metres at ``lattice.inside``; a None layer was not supplied.
    """

    areas: Sequence[Area]
    places: Sequence[Place]
    lattice: Lattice
    units: SurveyUnits
    metric_areas: list[BaseGeometry]
    place_points: Floats
    place_area: Ints
    place_cell: Ints
    people: Floats
    decay: float
    unit_side: float
    distances: dict[str, Floats] = field(default_factory=dict)

    @property
    def cell_district(self) -> Ints:
        """District index of each cell inside."""
        return self.lattice.labels.ravel()[self.lattice.inside].astype(np.int64)

    def mean(self, level: str, values: Floats) -> Floats:
        """Return the mean of cell values per district or unit; at communities as is."""
        if level == COMMUNITY:
            return np.asarray(values[self.place_cell])
        index, count = self._groups(level)
        cells = np.maximum(np.bincount(index, minlength=count), 1)
        return np.bincount(index, weights=values, minlength=count) / cells

    def layers(
        self, level: str, intensity: Floats, keys: Sequence[str]
    ) -> dict[str, Floats]:
        """Return raw layers in the order of ``keys``, those not supplied left out.

        Every layer but the first is an exposure: the intensity times the people
        nearby, or times exp(-distance / decay) to the nearest place, river or road.
        Neither records without people nor people without records make it high.
        """
        found: dict[str, Floats] = {}
        for key in keys:
            values = self._layer(level, key, intensity)
            if values is not None:
                found[key] = values
        return found

    def _layer(self, level: str, key: str, intensity: Floats) -> Floats | None:
        """Return one layer; a community's people are its own, NaN where unknown.

        A community is a listed place itself, so nearness to places says nothing.
        """
        if level == COMMUNITY and key == "people":
            return intensity[self.place_cell] * self.own_people
        if level == COMMUNITY and key == "places":
            return None
        near = self._nearness(key)
        return None if near is None else self._gather(level, intensity * near)

    def _nearness(self, key: str) -> Floats | float | None:
        if key == "intensity":
            return 1.0
        if key == "people":
            return self.people
        metres = self.distances.get(key)
        return None if metres is None else np.exp(-metres / self.decay)

    def _gather(self, level: str, values: Floats) -> Floats:
        """Return cell values at communities, as means of districts, sums of squares.

        A survey unit cut by the border counts by the whole square, so that a sliver
        does not outrank the full square beside it.
        """
        if level == UNIT:
            index, count = self._groups(level)
            cells = (self.unit_side / self.lattice.cell) ** 2
            return np.bincount(index, weights=values, minlength=count) / cells
        return self.mean(level, values)

    @property
    def own_people(self) -> Floats:
        """Population of each community, NaN where unknown."""
        return np.array([_or_nan(place.population) for place in self.places])

    def count_near_places(self, points: Floats, weights: Floats) -> Floats:
        """Sum weights of metric points within 5 km of each community."""
        near = scipy.spatial.cKDTree(points).query_ball_point(
            self.place_points, COMMUNITY_REACH
        )
        return np.array([weights[hits].sum() for hits in near], dtype=np.float64)

    def group_of(self, level: str, points: Floats, district: Ints) -> Ints:
        """Return the district, as already found, or the unit of metric points."""
        if level == DISTRICT:
            return district
        return self.units.unit_of(points, self.lattice, self.unit_side)

    def surveyed_share(self, level: str, surveyed: Sequence[BaseGeometry]) -> Floats:
        """Return the share of each district, unit or 1 km around a community."""
        if level == COMMUNITY:
            circles = shapely.buffer(shapely.points(self.place_points), NEIGHBOURHOOD)
            return share_covered(list(np.atleast_1d(np.asarray(circles))), surveyed)
        shapes = self.metric_areas if level == DISTRICT else self.units.metric
        return share_covered(shapes, surveyed)

    def _groups(self, level: str) -> tuple[Ints, int]:
        if level == DISTRICT:
            return self.cell_district, len(self.areas)
        return self.units.cell_unit, len(self.units.codes)


def lay_ground(
    country: str,
    areas: Sequence[Area],
    places: Sequence[Place],
    lines: dict[str, Sequence[BaseGeometry]],
    config: PriorConfig,
) -> Ground:
    """Prepare a run.

    Args:
        country: Two-letter code for the names of units.
        areas: Districts, WGS 84.
        places: Populated places; those outside the districts are left out.
        lines: ``rivers``, ``roads``: WGS 84 lines by layer; an empty list is missing.
    """
    metric = [to_metric(area.geometry, config.epsg) for area in areas]
    lattice = cover(metric, config.epsg, config.cell, config.unit)
    units = survey_units(lattice, country, config.unit, shapely.union_all(metric))
    kept, points, cells = _places_inside(places, lattice)
    distances = {
        key: lattice.distances([to_metric(line, config.epsg) for line in shapes])
        for key, shapes in lines.items()
        if shapes
    }
    if kept:
        metres, _ = scipy.spatial.cKDTree(points).query(lattice.centres, workers=-1)
        distances["places"] = metres
    labels = lattice.labels.ravel()[lattice.inside].astype(np.int64)
    return Ground(
        areas,
        kept,
        lattice,
        units,
        metric,
        points,
        labels[cells],
        cells,
        people_nearby(lattice, points, kept, config.people_decay),
        config.people_decay,
        config.unit,
        distances,
    )


def share_covered(
    shapes: Sequence[BaseGeometry], covers: Sequence[BaseGeometry]
) -> Floats:
    """Return the share of each metric polygon that lies under any of ``covers``."""
    parts = shapely.get_parts(shapely.union_all(list(covers)))
    part, target = shapely.STRtree(parts).query(shapes, predicate="intersects")[::-1]
    targets = np.array(shapes, dtype=object)
    overlaps = shapely.area(shapely.intersection(parts[part], targets[target]))
    covered = np.bincount(target, weights=overlaps, minlength=len(shapes))
    return np.clip(covered / np.maximum(shapely.area(targets), 1.0), 0.0, 1.0)


def people_nearby(
    lattice: Lattice, points: Floats, places: Sequence[Place], decay: float
) -> Floats:
    """Return sum over places of population * exp(-distance / decay) per cell inside."""
    people = np.zeros(len(lattice.inside))
    if not places:
        return people
    tree = scipy.spatial.cKDTree(lattice.centres)
    for point, place in zip(points, places, strict=True):
        cells = np.array(tree.query_ball_point(point, REACH * decay), dtype=np.int64)
        metres = np.hypot(*(lattice.centres[cells] - point).T)
        people[cells] += (place.population or 0) * np.exp(-metres / decay)
    return people


def _places_inside(
    places: Sequence[Place], lattice: Lattice
) -> tuple[list[Place], Floats, Ints]:
    lon = np.array([place.lon for place in places], dtype=np.float64)
    lat = np.array([place.lat for place in places], dtype=np.float64)
    points = project(lon, lat, lattice.epsg)
    flat = lattice.flat_index(points)
    inside = (flat >= 0) & lattice.mask.ravel()[flat]
    cells = np.searchsorted(lattice.inside, flat[inside])
    kept = [place for place, keep in zip(places, inside, strict=True) if keep]
    return kept, points[inside], cells.astype(np.int64)


def _or_nan(value: int | None) -> float:
    return float("nan") if value is None else float(value)
