"""One run from inputs to ranked districts, communities and survey units."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version

import numpy as np
import scipy
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from .config import PriorConfig
from .ground import COMMUNITY, DISTRICT, UNIT, Ground, lay_ground
from .lattice import Floats, all_to_metric, project
from .ranking import Ranking, rank_units
from .reasons import reasons_of
from .results import LevelResult, Near, PriorInputs, PriorResult, Unit
from .sources import BASE, IntensitySource, LineSource, RecordSource
from .stability import (
    Sensitivity,
    field_sensitivity,
    rank_stability,
    weight_sensitivity,
)
from .weights import weights_of

LEVELS = (DISTRICT, COMMUNITY, UNIT)
PACKAGES = ("safelane", "numpy", "scipy", "shapely", "pyproj")
SURVEYED = "surveyed"
KM2 = 1e6
FACT_OF_LAYER = {"places": "place_km", "rivers": "river_km", "roads": "road_km"}

Report = Callable[[float, str], None]


def run_prior(
    inputs: PriorInputs, config: PriorConfig, report: Report | None = None
) -> PriorResult:
    """Rank districts, communities and survey units.

    Args:
        inputs: Areas, places, lines and the source of intensity.
        config: Settings; stored with the result.
        report: Called with the share done (0..1) and the name of the step.
    """
    tell = report or _say_nothing
    started = time.perf_counter()
    tell(0.0, "lattice")
    lines = {"rivers": inputs.rivers, "roads": inputs.roads}
    ground = lay_ground(inputs.country, inputs.areas, inputs.places, lines, config)
    fields = _fields(inputs.source, ground, config, tell)
    surveyed = _surveyed(ground, inputs.surveyed, config)
    levels = {}
    for number, level in enumerate(LEVELS):
        tell(0.6 + 0.13 * number, level)
        levels[level] = _rank_level(
            level, ground, inputs.source, fields, surveyed.get(level), config
        )
    tell(1.0, "done")
    source = inputs.source
    return PriorResult(
        inputs,
        config,
        source.kind,
        levels,
        weights_of(config, [*levels[UNIT].layers]),
        _missing(levels[UNIT], config, inputs),
        source.account if isinstance(source, RecordSource) else None,
        time.perf_counter() - started,
        versions(),
    )


def versions() -> dict[str, str]:
    """Return the versions of what computed the result."""
    return {"python": platform.python_version()} | {p: version(p) for p in PACKAGES}


def _say_nothing(share: float, step: str) -> None:
    return None


def _fields(
    source: IntensitySource, ground: Ground, config: PriorConfig, tell: Report
) -> dict[str, Floats]:
    fields: dict[str, Floats] = {}
    for name, values in source.fields(ground.lattice, config):
        fields[name] = values
        tell(min(0.1 + 0.05 * len(fields), 0.6), name)
    return fields


def _surveyed(
    ground: Ground, surveyed: Sequence[BaseGeometry] | None, config: PriorConfig
) -> dict[str, Floats]:
    if surveyed is None:
        return {}
    metric = all_to_metric(surveyed, config.epsg)
    return {level: ground.surveyed_share(level, metric) for level in LEVELS}


def _rank_level(
    level: str,
    ground: Ground,
    source: IntensitySource,
    fields: dict[str, Floats],
    surveyed: Floats | None,
    config: PriorConfig,
) -> LevelResult:
    layers = ground.layers(level, fields[BASE], config.order)
    unsurveyed = None if surveyed is None else 1.0 - surveyed
    ranking = rank_units(layers, weights_of(config, list(layers)), unsurveyed)
    facts = _facts(level, source, ground)
    if surveyed is not None:
        facts[SURVEYED] = surveyed
    return LevelResult(
        level,
        _units(level, ground),
        layers,
        facts,
        ranking,
        rank_stability(ranking, config, unsurveyed),
        reasons_of(ranking, layers, facts, source.kind),
        [
            *weight_sensitivity(ranking, config, unsurveyed),
            *_field_changes(level, ground, ranking, fields, unsurveyed, config),
        ],
    )


def _field_changes(
    level: str,
    ground: Ground,
    ranking: Ranking,
    fields: dict[str, Floats],
    unsurveyed: Floats | None,
    config: PriorConfig,
) -> list[Sensitivity]:
    return [
        field_sensitivity(
            name,
            ranking,
            ground.layers(level, values, ranking.keys),
            config,
            unsurveyed,
        )
        for name, values in fields.items()
        if name != BASE
    ]


def _facts(level: str, source: IntensitySource, ground: Ground) -> dict[str, Floats]:
    """Return the numbers shown beside the layers."""
    facts = {
        FACT_OF_LAYER[key]: ground.mean(level, metres) / 1000.0
        for key, metres in ground.distances.items()
    }
    if level == COMMUNITY:
        facts["people"] = ground.own_people
    else:
        facts["people"] = ground.mean(level, ground.people)
        shapes = ground.metric_areas if level == DISTRICT else ground.units.metric
        facts["area_km2"] = np.asarray(shapely.area(shapes)) / KM2
    if isinstance(source, RecordSource):
        facts |= _record_facts(level, source, ground)
    if isinstance(source, LineSource):
        first = source.distances(ground.lattice)[0]
        facts["line_km"] = ground.mean(level, first) / 1000.0
    return facts


def _record_facts(
    level: str, source: RecordSource, ground: Ground
) -> dict[str, Floats]:
    """Count records and target-months; a community counts those within 5 km."""
    points = source.points
    metric = project(points.lon, points.lat, ground.lattice.epsg)
    weights = {
        "target_months": np.ones(len(metric)),
        "records": points.records.astype(np.float64),
    }
    if level == COMMUNITY:
        return {k: ground.count_near_places(metric, w) for k, w in weights.items()}
    group = ground.group_of(level, metric, source.district)
    inside = group >= 0
    size = len(ground.areas if level == DISTRICT else ground.units.codes)
    return {
        name: np.bincount(group[inside], weight[inside], size).astype(np.float64)
        for name, weight in weights.items()
    }


def _units(level: str, ground: Ground) -> list[Unit]:
    if level == DISTRICT:
        return [
            Unit(area.code, area.name, area.geometry, number)
            for number, area in enumerate(ground.areas)
        ]
    if level == COMMUNITY:
        return [
            Unit(place.code, place.name, Point(place.lon, place.lat), int(district))
            for place, district in zip(ground.places, ground.place_area, strict=True)
        ]
    squares = ground.units
    return [
        Unit(code, ground.areas[district].name, shape, int(district), near)
        for code, shape, district, near in zip(
            squares.codes,
            squares.geometry,
            squares.district,
            _near(ground),
            strict=True,
        )
    ]


def _near(ground: Ground) -> list[Near | None]:
    """Return the listed place nearest to each unit's centre."""
    if not ground.places:
        return [None] * len(ground.units.codes)
    centres = shapely.get_coordinates(shapely.centroid(ground.units.metric))
    metres, index = scipy.spatial.cKDTree(ground.place_points).query(centres)
    east, north = (centres - ground.place_points[index]).T
    bearing = np.degrees(np.arctan2(east, north)) % 360.0
    return [
        Near(ground.places[i].name, float(m), float(b))
        for i, m, b in zip(index, metres, bearing, strict=True)
    ]


def _missing(
    level: LevelResult, config: PriorConfig, inputs: PriorInputs
) -> tuple[str, ...]:
    """Return layers that the settings name and nothing was supplied for."""
    absent = [key for key in config.order if key not in level.layers]
    return (*absent, *([SURVEYED] if inputs.surveyed is None else []))
