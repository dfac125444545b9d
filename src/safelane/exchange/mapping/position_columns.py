"""Guess which columns hold the position, by their names and by what stands in them.

Where several columns can hold it, the first is proposed and the others are named; what
only looks like a position is named as well, and not taken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import shapely

from safelane.core.geo.entry.sexagesimal import read_angle
from safelane.core.geo.errors import InvalidCoordinates
from safelane.core.geo.measure import Bounds
from safelane.exchange.files.reading import Batch, SourceInfo
from safelane.exchange.mapping.angles import has_decimals
from safelane.exchange.mapping.apply import read_places
from safelane.exchange.mapping.dates import guess_date_format
from safelane.exchange.mapping.model import (
    ROLES,
    GeometryKind,
    GeometryMapping,
    Target,
    roles_of,
)
from safelane.exchange.mapping.names import folded
from safelane.exchange.mapping.points import metres_of
from safelane.exchange.mapping.position_names import (
    PLACES,
    Angle,
    angles_of,
    grid_of,
    grid_of_what,
    speaks_of_a_place,
    speaks_of_a_system,
)
from safelane.exchange.mapping.systems import named_system

_MGRS = re.compile(r"\s*\d{1,2}\s*[C-X]\s*[A-HJ-Z]{2}\s*\d{2,5}\s*\d{2,5}\s*$", re.I)
_WKT = re.compile(
    r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON|CURVE|SURFACE"
    r"|CURVEPOLYGON|COMPOUNDCURVE|CIRCULARSTRING|GEOMETRYCOLLECTION)\s*Z?M?\s*\("
    r"|\s*\{.*\"coordinates\"|0[01][0-9A-F]{40,}\s*$"
    r"|(\s*-?\d+\.\d+ -?\d+\.\d+( -?\d+(\.\d+)?){0,2}\s*(;|$)){2,}",
    re.I | re.S,
)
_HALF = r"[-+]?\d{1,3}[.,]\d{2,}"  # degrees
_PAIR = re.compile(
    rf"\s*{_HALF}[\s,;/]+{_HALF}([\s,;]+[-\d.]+){{0,2}}\s*$|.*\d\s*[°º].*\d\s*[°º]"
    r"|\s*(UTM\s*)?\d{1,2}\s*[C-X]\s+\d{6}\D+\d{6,7}",
    re.S | re.I,
)
_SYSTEM = re.compile(r"(?!UTM)(?=.{4,60}$)(?=.*[^\W\d]{2})(?=.*\d\d).*")
_FEW = 5  # systems in one table
_TRIED = 50
_NEAR = 0.0002  # degrees, some 20 m
_DEGREES = 360
_AXIS_OF = {"easting": "lon", "northing": "lat"}


class _Found(NamedTuple):
    """A place that the columns could mean.

    Attributes:
        says_more: Their names say more than that, or something else.
        of_what: What else the names say; places of which they say the same should be
            equal. None where that is not sure.
    """

    place: GeometryMapping
    says_more: bool = False
    of_what: str | None = None


def guess_geometry(info: SourceInfo, sample: Batch, target: Target) -> GeometryMapping:
    """Propose where the position comes from; kind "none" when nothing looks like it.

    What else could hold it becomes a note on the file.
    """
    if target.geometry == "none":
        return GeometryMapping()
    shapes = shapely.from_wkb(sample.geometry if info.has_geometry else None)
    is_source = not np.all(shapely.is_missing(shapes))
    if is_source and not np.any(shapely.is_missing(shapes)):
        return GeometryMapping("source")
    angles = list(angles_of(sample.columns))
    names = {folded(str(said)) for f in target.fields for said in (f.name, f.label)}
    own = frozenset(c for c in sample.columns if folded(c) in names)
    found = list(_candidates(sample, angles, own))
    if is_source:  # rows without a shape may say their place in columns
        return GeometryMapping("source", again=_plainly(found))
    info.notes += _notes(found, sample, angles, target)
    if not found:
        return GeometryMapping()
    first, *more = found
    if first.place.kind == "wkt":
        first.place.again = _plainly(more)
    elif first.of_what is not None:
        same = [other for other in more if other.of_what == first.of_what]
        first.place.again = _arguments(same)
    return first.place


def _plainly(found: list[_Found]) -> list[dict[str, Any]]:
    """Return the places whose columns are called as the position and nothing else."""
    return _arguments([one for one in found if not one.says_more])


def _arguments(found: list[_Found]) -> list[dict[str, Any]]:
    places = (vars(one.place) for one in found)
    return [{n: v for n, v in place.items() if n != "again"} for place in places]


def _notes(
    found: list[_Found], sample: Batch, angles: list[Angle], target: Target
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what is to be said of the place that is taken, or of what is not."""
    if not found:
        if left := _unpaired(sample, angles):
            yield "unpaired", _named(left)
        elif left := _like_places(sample, target.bounds):
            yield "no-place", _named(left)
        return
    places = [one.place for one in found]
    taken = _columns_of(places[0], sample)
    if others := _elsewhere(places, sample, target):
        more = ", ".join(_columns_of(place, sample) for place in others)
        yield "several-places", {"taken": taken, "others": more}
    used = places[0].columns.values()
    strange = [a.column for a in angles if a.column in used and a.has_strange_system]
    strange += [c for c in sample.columns if c not in used and _is_unknown(c, sample)]
    if strange:
        yield "heading-system", {"column": strange[0]}
    elif found[0].says_more and not others:
        yield "place-of-what", {"columns": taken}


def _is_unknown(column: str, sample: Batch) -> bool:
    """Say whether a column is called as one of systems, and none there is known."""
    return speaks_of_a_system(column) and None in _systems(sample.columns[column])


def _systems(cells: list[Any]) -> list[str | None]:
    """Return the systems that the cells name; "" and None as named_system says."""
    return [named_system(text) for text in dict.fromkeys(_texts(cells))]


def _names_systems(column: str, cells: list[Any]) -> bool:
    """Say whether a column of any name holds the system of each row.

    Names such as "WGS 84" and "EPSG:4326"; a bare number may be anything.
    """
    texts = {*_texts(cells)}
    if speaks_of_a_system(column):
        return any(_systems(cells))
    is_likely = 0 < len(texts) <= _FEW and all(map(_SYSTEM.fullmatch, texts))
    return is_likely and all(_systems(cells))


def _named(columns: list[str]) -> dict[str, Any]:
    return {"columns": ", ".join(columns), "open": columns}


def _unpaired(sample: Batch, angles: list[Angle]) -> list[str]:
    """Return the columns of latitudes and longitudes; none where one of both lacks."""
    told = [a for a in angles if _has_angles(sample.columns[a.column], a.role)]
    both = {angle.role for angle in told} == {"lat", "lon"}
    return [angle.column for angle in told] if both else []


def _like_places(sample: Batch, bounds: Bounds | None) -> list[str]:
    """Return the columns that hold what looks like positions, whatever their names."""
    columns = sample.columns
    found = {
        c for c, v in columns.items() if any(_matches(v, p) for p in _PATTERNS.values())
    }
    numbers = {name: _numbers(cells) for name, cells in columns.items()}
    west, south, east, north = bounds or (-180, -90, 180, 90)
    near, far = sorted(111_000 * abs(side) for side in (south, north))
    least = max(near - 500_000, 1_000_000) if south > 0 else 1_000_000
    both = (
        ((south - 1, north + 1, True), (west - 1, east + 1, True)),
        ((100_000, 1_000_000, False), (least, far + 500_000, False)),
    )
    for spans in both:
        one, other = (
            {c for c, values in numbers.items() if _lie_within(values, *span)}
            for span in spans
        )
        if one and other and len(one | other) > 1:
            found |= one | other
    return [name for name in columns if name in found]


def _numbers(cells: list[Any]) -> list[float]:
    """Return the numbers of a column; none where more than a few cells hold others."""
    texts, values = _texts(cells), []
    for text in texts:
        with suppress(ValueError):
            values.append(float(text.strip().replace(",", ".")))
    return values if len(values) > 0.8 * len(texts) else []


def _lie_within(values: list[float], least: float, most: float, fine: bool) -> bool:
    """Say whether most numbers lie there, as degrees with three decimals or more."""
    fit = [v for v in values if least <= v <= most and (not fine or v != round(v, 2))]
    return 2 * len(fit) > len(values)


def _columns_of(place: GeometryMapping, sample: Batch) -> str:
    used = {place.columns[role] for role in ROLES[place.kind]}
    return " + ".join(f"“{column}”" for column in sample.columns if column in used)


def _elsewhere(
    places: list[GeometryMapping], sample: Batch, target: Target
) -> list[GeometryMapping]:
    """Return the places that put a row elsewhere than the first one does."""
    if len(places) < 2:
        return []
    middles = [_middles(place, sample, target) for place in places]
    apart = (
        any(
            o and (t is None or max(map(abs, np.subtract(o, t))) > _NEAR)
            for o, t in both
        )
        for both in (zip(m, middles[0], strict=True) for m in middles[1:])
    )
    return [
        place for place, is_apart in zip(places[1:], apart, strict=True) if is_apart
    ]


def _middles(
    place: GeometryMapping, sample: Batch, target: Target
) -> list[tuple[float, float] | None]:
    wkb = read_places(place, sample, bounds=target.bounds).geometry
    return [None if s is None else s.centroid.coords[0] for s in shapely.from_wkb(wkb)]


def _candidates(
    sample: Batch, angles: list[Angle], own: Collection[str]
) -> Iterator[_Found]:
    """Yield every place that the columns could mean, the likeliest first.

    Args:
        own: Columns called as fields of the target: they name no system.
    """
    roles, by_values, further = _roles(sample, {a.column for a in angles}, own)
    degrees, grids = _pairs(sample, angles)
    whats = {pair.of_what for pair in degrees}
    of_grid = grid_of_what(roles.get("mgrs", ""), whats) if "mgrs" in by_values else ""
    of = {c: grid_of_what(c, whats) for role, c in further if role == "mgrs"}
    said: list[tuple[GeometryKind, _Pair]] = [
        ("wkt", _Pair({}, says_more="wkt" in by_values)),
        *(("lonlat", pair) for pair in sorted(degrees, key=lambda p: p.says_more)),
        ("point", _Pair({}, says_more="point" in by_values)),
        # A column that only holds such texts may be of something else: a camp.
        ("mgrs", _Pair({}, says_more=of_grid is None, of_what=of_grid)),
        *(("utm", pair) for pair in grids),
        *((r, _Pair({r: c}, "", "", True, of.get(c))) for r, c in further),
    ]
    for kind, pair in said:
        columns = roles | pair.columns
        if all(role in columns for role in ROLES[kind]):
            used = {r: columns[r] for r in roles_of(kind) if r in columns}
            place = GeometryMapping(kind, used, pair.system, pair.zone)
            yield _Found(place, pair.says_more, pair.of_what)


class _Pair(NamedTuple):
    """Columns that belong together, and the system and zone that their names name."""

    columns: dict[str, str]
    system: str = ""
    zone: str = ""
    says_more: bool = False
    of_what: str | None = None


def _pairs(sample: Batch, angles: list[Angle]) -> tuple[list[_Pair], list[_Pair]]:
    """Return the pairs of columns in degrees, and those in metres."""
    found: dict[Any, dict[str, str]] = {}
    grids = {c: grid for c in sample.columns if (grid := grid_of(c))}
    told: dict[Any, tuple[str, str, bool, str | None]] = {}
    for column, grid in grids.items():
        key = (grid.zone, grid.system)
        found.setdefault(key, {}).setdefault(_AXIS_OF[grid.role], column)
        told[key] = (grid.system, grid.zone, False, "")
    turns: Counter[Any] = Counter()
    for angle in angles:
        named = (angle.grid, angle.rest, angle.zone)
        axis = (*named, angle.role[:3])
        # The same once more, in another manner: Latitude, and Latitude (DMS).
        turns[axis] += angle.role in found.get((*named, turns[axis]), {})
        said = (*named, turns[axis])
        found.setdefault(said, {})[angle.role] = angle.column
        of_what = None if angle.grid else "" if angle.system else angle.rest
        told[said] = (angle.system, angle.zone, angle.says_more, of_what)
    degrees, metres = [], []
    for key, pair in found.items():
        if not {"lat", "lon"} <= {*pair}:
            continue
        whole, is_grid = _whole(sample, pair), _in_metres(sample, pair["lon"])
        in_metres_first = is_grid and pair["lon"] in grids
        if not in_metres_first and _in_degrees(sample, whole):
            degrees.append(_Pair(whole, *told[key]))
        elif is_grid:
            both = {"easting": pair["lon"], "northing": pair["lat"]}
            metres.append(_Pair(both, *told[key]))
    return degrees, metres


def _whole(sample: Batch, pair: dict[str, str]) -> dict[str, str]:
    """Return a pair without minutes and seconds where its degrees have decimals."""
    degrees = _texts(sample.columns[pair["lat"]])
    if 2 * sum(map(has_decimals, degrees)) < len(degrees):
        return pair
    return {r: c for r, c in pair.items() if not r.endswith(("minutes", "seconds"))}


def _roles(
    sample: Batch, angles: set[str], own: Collection[str]
) -> tuple[dict[str, str], set[str], list[tuple[GeometryKind, str]]]:
    """Return the columns that say what they are, but for angles; which say so by values
    only; and the further columns of the same roles.

    What stands in a column counts only where its name speaks of a place.
    """
    found: dict[str, str] = {}
    further: list[Any] = []
    for column, cells in sample.columns.items():
        role = PLACES.get(folded(column), "")
        pattern = _PATTERNS.get(role)
        is_day = role == "system" and guess_date_format(_texts(cells))[1] > 0.5
        if role and not is_day and (pattern is None or _matches(cells, pattern, 0)):
            found.setdefault(role, column)
    others = ((c, v) for c, v in sample.columns.items() if c not in own)
    systems = (c for c, v in others if _names_systems(c, v))
    if "system" not in found and (column := next(systems, "")):
        found["system"] = column
    by_name = {*found}
    for column, cells in sample.columns.items():
        is_free = column not in angles and column not in found.values()
        if is_free and speaks_of_a_place(column):
            by_values = (r for r, p in _PATTERNS.items() if _matches(cells, p))
            role = next(by_values, "")
            if role and found.setdefault(role, column) != column:
                further.append((role, column))
    return found, {*found} - by_name, further


_PATTERNS = {"wkt": _WKT, "mgrs": _MGRS, "point": _PAIR}


def _texts(cells: list[Any]) -> list[str]:
    return [str(c) for c in cells if c not in (None, "")][:_TRIED]


def _matches(cells: list[Any], pattern: re.Pattern[str], share: float = 0.5) -> bool:
    """Say whether more than a share of the first texts, at least one, are so."""
    texts = _texts(cells)
    good = sum(bool(pattern.match(t)) for t in texts)
    return good > share * len(texts)


def _has_angles(cells: list[Any], role: str) -> bool:
    for cell in _texts(cells):
        with suppress(InvalidCoordinates):
            read_angle(cell, role[:3])
            return True
    return False


def _in_degrees(sample: Batch, pair: dict[str, str]) -> bool:
    pairs = zip(sample.columns[pair["lon"]], sample.columns[pair["lat"]], strict=True)
    given = list(islice((p for p in pairs if not {None, ""} & set(p)), _TRIED))
    good = 0
    for lon, lat in given:
        with suppress(InvalidCoordinates):
            read_angle(str(lon), "lon"), read_angle(str(lat), "lat")
            good += 1
    return bool(given) and good >= 0.2 * len(given)


def _in_metres(sample: Batch, column: str) -> bool:
    for cell in islice((c for c in sample.columns[column] if c), _TRIED):
        with suppress(ValueError, TypeError):
            if abs(metres_of(cell)) > _DEGREES:
                return True
    return False
