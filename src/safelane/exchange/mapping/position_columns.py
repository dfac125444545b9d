"""Guess which columns hold the position, by their names and by what stands in them.

Latitude and longitude belong together by the rest of their names. Where several
columns can hold the position, the first is proposed and the others are named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import shapely

from safelane.core.geo.entry.sexagesimal import read_angle
from safelane.core.geo.errors import InvalidCoordinates
from safelane.exchange.files.reading import Batch, SourceInfo
from safelane.exchange.files.reprojection import WGS84
from safelane.exchange.mapping.apply import has_decimals, metres_of, read_places
from safelane.exchange.mapping.dates import guess_date_format
from safelane.exchange.mapping.model import (
    ROLES,
    GeometryKind,
    GeometryMapping,
    Target,
    roles_of,
)
from safelane.exchange.mapping.names import folded, words_of
from safelane.exchange.mapping.systems import named_system

_NAMES = {
    "easting": "easting east utme utmx utmeast utmeasting xutm e xutmwgs84 восток",
    "northing": "northing north utmn utmy utmnorth utmnorthing yutm n север",
    "zone": "zone utmzone utmz zona зона gridzone",
    "mgrs": "mgrs usermgrs userinputmgrs mgrscoordinates militarygrid usng "
    "userenteredmgrs",
    "point": "point gps geopoint coordinates coordinate position location latlon "
    "latlng latlong gpscoordinates координаты koordinat koordinatlar toado ພິກັດ พิกัด",
    "wkt": "wkt geom geometry thegeom shape geomwkt wktgeom polygonwkt geometrywkt",
    "system": "datum mapdatum geodeticdatum horizontaldatum gpsdatum coordinatedatum "
    "epsg epsgcode srid srs crs coordinatesystem coordsystem coordsys "
    "coordinatereferencesystem referencesystem spatialreference "
    "spatialreferencesystem датум системакоординат koordinatsistemi ລະບົບພິກັດ",
}
_BY_NAME = {
    folded(name): role for role, names in _NAMES.items() for name in names.split()
}
# Words that mean an axis beside whatever other words, as in "_gps_latitude", and those
# that do so only alone.
_FREE = {
    **dict.fromkeys(("lat", "latitude"), "lat"),
    **dict.fromkeys(("lon", "long", "longitude", "lng"), "lon"),
}
_ALONE = {
    "lat": "y широта enlik vido ລາຕິຈູດ ເສັ້ນຂະໜານ ละติจูด",
    "lon": "x долгота uzunluq kinhdo ລອງຈິຈູດ ເສັ້ນແວງ ลองจิจูด",
}
_AXES = _FREE | {
    folded(word): axis for axis, words in _ALONE.items() for word in words.split()
}
_MEANT = {
    "": "deg degs degree degrees d dd dec decimal dms dm град градусы dərəcə ອົງສາ องศา",
    "minutes": "min mins minute minutes m мин минуты dəqiqə ນາທີ ลิปดา นาที",
    "seconds": "sec secs second seconds s сек секунды saniyə ວິນາທີ ฟิลิปดา วินาที",
    "side": "side hem hemisphere dir ns ew",
}
_PART_OF = {folded(word): p for p, words in _MEANT.items() for word in words.split()}
_IDLE = {"geo", "coord", "coords", "coordinate", "coordinates", "point", "of"}
_SIDES = {"lat": {"n", "north"}, "lon": {"e", "east"}}
_WHOSE = {"ns": "lat", "ew": "lon"}
_FUSED = re.compile(
    r"(geo|dd|coord|point)?(lat|latitude|lon|long|longitude|lng|x|y)"
    r"(coord|deg|dd|dms|min|sec|d|m|s|wgs84)?"
)
_MGRS = re.compile(r"\s*\d{1,2}\s*[C-X]\s*[A-HJ-Z]{2}\s*\d{2,5}\s*\d{2,5}\s*$", re.I)
_WKT = re.compile(
    r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)\s*Z?M?\s*\("
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
_TRIED = 50
_NEAR = 0.0002  # degrees, some 20 m
_DEGREES = 360


class _Angle(NamedTuple):
    """A column that says a latitude or longitude, or a part of one.

    Attributes:
        role: Such as ``lat`` or ``lon_minutes``.
        rest: What else its name says; both columns of a pair say the same.
        system: Reference system that its name names.
    """

    column: str
    role: str
    rest: str
    system: str


def guess_geometry(info: SourceInfo, sample: Batch, target: Target) -> GeometryMapping:
    """Propose where the position comes from; kind "none" when nothing looks like it.

    What else could hold it becomes a note on the file.
    """
    if target.geometry == "none":
        return GeometryMapping()
    shapes = shapely.from_wkb(sample.geometry if info.has_geometry else None)
    if not np.all(shapely.is_missing(shapes)):
        return GeometryMapping("source")
    angles = list(_angles(sample.columns))
    places = list(_candidates(sample, angles))
    if others := _elsewhere(places, sample, target):
        taken, *more = (_columns_of(place, sample) for place in (places[0], *others))
        said = {"taken": taken, "others": ", ".join(more)}
        info.notes.append(("several-places", said))
    if not places and (left := _unpaired(sample, angles)):
        info.notes.append(("unpaired", {"columns": ", ".join(left)}))
    return places[0] if places else GeometryMapping()


def _unpaired(sample: Batch, angles: list[_Angle]) -> list[str]:
    """Return the columns of latitudes and longitudes; none where one of both lacks."""
    told = [a for a in angles if _has_angles(sample.columns[a.column], a.role)]
    both = {angle.role for angle in told} == {"lat", "lon"}
    return [angle.column for angle in told] if both else []


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


def _angles(columns: Iterable[str]) -> Iterator[_Angle]:
    """Yield the columns of angles; bare minutes belong to the column before them."""
    last: _Angle | None = None
    for column in columns:
        found = _angle_of(column)
        words = [word for word in words_of(column) if not word.isdecimal()]
        part = _PART_OF.get(words[0], "") if len(words) == 1 else ""
        if found is None and last and part and len(words[0]) > 1:
            axis = _WHOSE.get(words[0], last.role[:3])
            found = last._replace(column=column, role=f"{axis}_{part}")
        last = found
        if found:
            yield found


def _angle_of(column: str) -> _Angle | None:
    whole = folded(column)
    split = [whole] if whole in _AXES else words_of(column)
    fused = ((word, _FUSED.fullmatch(word)) for word in split)
    words = [w for word, m in fused for w in (m.groups() if m else [word]) if w]
    axes = [word for word in words if word in _AXES]
    if len(axes) != 1:
        return None
    (word,), axis = axes, _AXES[axes[0]]
    others = [w for w in words if w not in {word, *_IDLE, *_SIDES[axis]}]
    parts = [_PART_OF[w] for w in others if w in _PART_OF]
    rest = " ".join(w for w in others if w not in _PART_OF)
    is_name = re.search(r"\d", rest) and re.search(r"[^\W\d]", rest)
    system = (named_system(rest) if is_name else "") or ""
    if rest and not system and word not in _FREE:
        return None
    role = f"{axis}_{parts[0]}" if len(parts) == 1 and parts[0] else axis
    kind = "grid" if word in ("x", "y") else ""
    return _Angle(column, role, kind + (rest if system != WGS84 else ""), system)


def _candidates(sample: Batch, angles: list[_Angle]) -> Iterator[GeometryMapping]:
    """Yield every place that the columns could mean, the likeliest first."""
    roles = _roles(sample, {angle.column for angle in angles})
    pairs: dict[str, dict[str, str]] = {}
    systems: dict[str, str] = {}
    for angle in angles:
        pairs.setdefault(angle.rest, {}).setdefault(angle.role, angle.column)
        systems.setdefault(angle.rest, angle.system)
    both = {
        rest: _whole(sample, pair)
        for rest, pair in pairs.items()
        if {"lat", "lon"} <= {*pair}
    }
    degrees = {rest for rest, pair in both.items() if _in_degrees(sample, pair)}
    said: list[tuple[GeometryKind, dict[str, str], str]] = [
        ("wkt", roles, ""),
        *(
            ("lonlat", roles | pair, systems[rest])
            for rest, pair in both.items()
            if rest in degrees
        ),
        ("point", roles, ""),
        ("mgrs", roles, ""),
    ]
    grids = [(roles, "")] + [
        (roles | {"easting": pair["lon"], "northing": pair["lat"]}, systems[rest])
        for rest, pair in both.items()
        if rest not in degrees
    ]
    said += [
        ("utm", columns, system)
        for columns, system in grids
        if "easting" in columns and _in_metres(sample, columns["easting"])
    ]
    for kind, columns, system in said:
        if all(role in columns for role in ROLES[kind]):
            used = {r: columns[r] for r in roles_of(kind) if r in columns}
            yield GeometryMapping(kind, used, system)


def _whole(sample: Batch, pair: dict[str, str]) -> dict[str, str]:
    """Return a pair without minutes and seconds where its degrees have decimals."""
    degrees = _texts(sample.columns[pair["lat"]])
    if 2 * sum(map(has_decimals, degrees)) < len(degrees):
        return pair
    return {r: c for r, c in pair.items() if not r.endswith(("minutes", "seconds"))}


def _roles(sample: Batch, angles: set[str]) -> dict[str, str]:
    """Return the columns that say by name or values what they are, but for angles."""
    found: dict[str, str] = {}
    for column, cells in sample.columns.items():
        role = _BY_NAME.get(folded(column), "")
        pattern = _PATTERNS.get(role)
        is_day = role == "system" and guess_date_format(_texts(cells))[1] > 0.5
        if role and not is_day and (pattern is None or _matches(cells, pattern, 0)):
            found.setdefault(role, column)
    for column, cells in sample.columns.items():
        if column not in angles and column not in found.values():
            by_values = (r for r, p in _PATTERNS.items() if _matches(cells, p))
            if role := next(by_values, ""):
                found.setdefault(role, column)
    return found


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
