"""Districts, villages and their land, made from the outlines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPoint, Point, Polygon

from safelane.demo.world.frame import FRAMES, Frame
from safelane.demo.world.ground.names import azerbaijani_villages, lao_villages
from safelane.demo.world.ground.outlines import Outline, Region
from safelane.demo.world.kinds import Area, Place
from safelane.demo.world.streams import stream

Metres = NDArray[np.float64]
TRIES = 400
CROOKED = (0.09, 0.07, 0.05, 0.03, 0.0)  # how far borders bend, share of a piece


def wiggle(
    start: Metres, end: Metres, rng: np.random.Generator, levels: int, share: float
) -> Metres:
    """Return a line from ``start`` to ``end``, bent by midpoint displacement.

    Each of ``levels`` halvings moves the midpoints sideways by about ``share`` of the
    piece's length. Shape (2**levels + 1, 2).
    """
    line = np.array([start, end], dtype=float)
    for _ in range(levels):
        step = np.diff(line, axis=0)
        side = np.column_stack([-step[:, 1], step[:, 0]])
        shift = rng.normal(0.0, share, len(step)).clip(-2 * share, 2 * share)
        middle = (line[:-1] + line[1:]) / 2 + side * shift[:, None]
        merged = np.empty((len(line) + len(middle), 2))
        merged[::2], merged[1::2] = line, middle
        line = merged
    return line


@dataclass(frozen=True, slots=True)
class Settlement:
    """A village in metres, as the rest of the world is built around it."""

    place: Place
    district: str
    xy: Metres
    land: Polygon


@dataclass(frozen=True, slots=True)
class District:
    """A district in metres with its settlements, the town first."""

    outline: Outline
    polygon: Polygon
    settlements: tuple[Settlement, ...]


def build_districts(seed: int, region: Region, villages: int) -> tuple[District, ...]:
    """Return the districts of ``region``, each with a town and villages."""
    frame = FRAMES[region.country]
    maker = lao_villages if region.country == "LA" else azerbaijani_villages
    names = maker(stream(seed, region.key, "village names"))
    polygons = _outline_polygons(seed, region, frame)
    return tuple(
        _district(seed, region, outline, polygon, villages, names)
        for outline, polygon in zip(region.districts, polygons, strict=True)
    )


def areas_of(region: Region, districts: tuple[District, ...]) -> Iterator[Area]:
    """Yield the areas of a region, parents first."""
    frame = FRAMES[region.country]
    whole = region_polygon(districts)
    yield Area(region.key, region.country, 1, region.name, region.local_name, "",
               frame.degrees(whole))  # fmt: skip
    for district in districts:
        outline = district.outline
        yield Area(outline.key, region.country, 2, outline.name, outline.local_name,
                   region.key, frame.degrees(district.polygon))  # fmt: skip
        for home in district.settlements:
            yield Area(home.place.area, region.country, 3, home.place.name,
                       home.place.local_name, outline.key,
                       frame.degrees(home.land))  # fmt: skip


def region_polygon(districts: Sequence[District]) -> Polygon:
    """Return the outer border of all ``districts``, in metres."""
    whole = shapely.union_all([district.polygon for district in districts])
    return Polygon(shapely.get_coordinates(shapely.get_exterior_ring(whole)))


def _district(
    seed: int,
    region: Region,
    outline: Outline,
    polygon: Polygon,
    villages: int,
    names: Iterator[tuple[str, str]],
) -> District:
    frame = FRAMES[region.country]
    rng = stream(seed, region.key, outline.key, "villages")
    spots = _spread_points(polygon, villages + 1, rng)
    lands = _lands(polygon, spots)
    settlements = tuple(
        _settlement(region, outline, frame, number, xy, lands[number], names, rng)
        for number, xy in enumerate(spots)
    )
    return District(outline, polygon, settlements)


def _outline_polygons(seed: int, region: Region, frame: Frame) -> list[Polygon]:
    """Return the districts with borders as crooked as they may be without crossing."""
    for share in CROOKED:
        borders = partial(_border, seed, region, frame, share)
        polygons = [_ring(outline, borders) for outline in region.districts]
        if all(polygon.is_valid for polygon in polygons) and _are_apart(polygons):
            return polygons
    raise AssertionError(region.key)  # straight borders never cross


def _ring(outline: Outline, border: Callable[[str, str], Metres]) -> Polygon:
    ring = outline.corners + outline.corners[0]
    return Polygon(np.vstack([border(a, b)[:-1] for a, b in pairwise(ring)]))


def _are_apart(polygons: list[Polygon]) -> bool:
    total = sum(polygon.area for polygon in polygons)
    return abs(shapely.union_all(polygons).area - total) < 1.0


def _border(
    seed: int, region: Region, frame: Frame, share: float, a: str, b: str
) -> Metres:
    """Return the border from corner ``a`` to ``b``, the same seen from both sides."""
    first, last = sorted((a, b))
    ends = MultiPoint([region.corners[first], region.corners[last]])
    start, end = shapely.get_coordinates(frame.metres(ends))
    line = wiggle(
        start, end, stream(seed, region.key, "border", first + last), 4, share
    )
    return line if a == first else line[::-1]


def _spread_points(polygon: Polygon, count: int, rng: np.random.Generator) -> Metres:
    """Return points in ``polygon`` that keep apart; the first is near its middle."""
    centre = np.array(polygon.representative_point().coords[0])
    apart = 0.62 * np.sqrt(polygon.area / count)
    inner = polygon.buffer(-apart / 4)
    x0, y0, x1, y1 = inner.bounds
    found = [centre]
    while len(found) < count:
        for xy in rng.uniform((x0, y0), (x1, y1), (TRIES, 2)):
            far = np.min(np.hypot(*(np.array(found) - xy).T)) > apart
            if far and len(found) < count and shapely.contains_xy(inner, *xy):
                found.append(xy)
        apart *= 0.9
    return np.array(found)


def _lands(polygon: Polygon, spots: Metres) -> list[Polygon]:
    """Return each settlement's land: its Voronoi cell within the district."""
    cells = shapely.voronoi_polygons(
        MultiPoint(spots), extend_to=polygon, ordered=True
    ).geoms
    lands = []
    for cell, xy in zip(cells, spots, strict=True):
        part = cell.intersection(polygon)
        pieces = [p for p in shapely.get_parts(part) if isinstance(p, Polygon)]
        lands.append(min(pieces, key=lambda p: p.distance(Point(xy))))
    return lands


def _settlement(
    region: Region,
    outline: Outline,
    frame: Frame,
    number: int,
    xy: Metres,
    land: Polygon,
    names: Iterator[tuple[str, str]],
    rng: np.random.Generator,
) -> Settlement:
    is_town = number == 0
    name, local = (outline.town, outline.local_town) if is_town else next(names)
    low, spread = (9.4, 0.5) if is_town else (6.1, 0.7)
    people = int(np.exp(rng.normal(low, spread)))
    place = Place(
        key=f"{outline.key}-P{number:02d}",
        country=region.country,
        area=f"{outline.key}-V{number:02d}",
        name=name,
        local_name=local,
        kind="town" if is_town else "village",
        population=max(people, 40),
        geometry=frame.points(xy)[0],
    )
    return Settlement(place, outline.key, xy, land)
