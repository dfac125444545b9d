"""What columns of positions are called: axes, parts of angles, grids and systems.

Latitude and longitude belong together by the rest of their names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from safelane.exchange.files.reprojection import WGS84
from safelane.exchange.mapping.names import folded, words_of
from safelane.exchange.mapping.systems import named_system


def _folded(words: str) -> set[str]:
    return {folded(word) for word in words.split()}


def _by_word(names: dict[str, str]) -> dict[str, str]:
    return {folded(word): key for key, words in names.items() for word in words.split()}


PLACES = _by_word(
    {
        "zone": "zone utmzone utmz zona зона gridzone โซน ໂຊນ",
        "mgrs": "mgrs usermgrs userinputmgrs mgrscoordinates militarygrid usng "
        "userenteredmgrs",
        "point": "point gps geopoint coordinates coordinate position location latlon "
        "latlng latlong gpscoordinates координаты koordinat koordinatlar toado ພິກັດ "
        "พิกัด",
        "wkt": "wkt geom geometry thegeom shape geomwkt wktgeom polygonwkt geometrywkt",
        "system": "datum mapdatum geodeticdatum horizontaldatum gpsdatum "
        "coordinatedatum epsg epsgcode srid srs crs coordinatesystem coordsystem "
        "coordsys coordinatereferencesystem referencesystem spatialreference "
        "spatialreferencesystem датум системакоординат koordinatsistemi ລະບົບພິກັດ",
    }
)
_GRID = _by_word(
    {
        "easting": "easting eastings east e utme utmx utmeast utmeasting xutm "
        "xutmwgs84 восток",
        "northing": "northing northings north n utmn utmy utmnorth utmnorthing yutm "
        "север",
    }
)
_UTM_AXES = {"x": "easting", "y": "northing"}
# Words that mean an axis beside whatever other words, as in "_gps_latitude", and those
# that do so only alone.
_FREE = {
    **dict.fromkeys(("lat", "latitude"), "lat"),
    **dict.fromkeys(("lon", "long", "longitude", "lng"), "lon"),
}
_AXES = _FREE | _by_word(
    {
        "lat": "y широта enlik enliyi vido ລາຕິຈູດ ລະຕິຈູດ ເສັ້ນຂະໜານ ເສັ້ນຂະຫນານ ละติจูด",
        "lon": "x долгота uzunluq uzunluğu kinhdo ລອງຈິຈູດ ເສັ້ນແວງ ลองจิจูด",
    }
)
_PART_OF = _by_word(
    {
        "": "deg degs degree degrees d dd dec decimal dms dm град градусы dərəcə ອົງສາ "
        "องศา",
        "minutes": "min mins minute minutes m мин минуты dəqiqə ນາທີ ลิปดา นาที",
        "seconds": "sec secs second seconds s сек секунды saniyə ວິນາທີ ฟิลิปดา วินาที",
        "side": "side hem hemisphere dir ns ew",
    }
)
_SIDES = _by_word({"lat": "n north şimal", "lon": "e east şərq"})
_WHOSE = {"ns": "lat", "ew": "lon"}
_METRES = {"m", "meter", "meters", "metre", "metres", "м", "метр", "метры"}
# They say nothing more of a position; those of _PLAIN still tell one from another.
_IDLE = _folded(
    "geo coord coords coordinate coordinates point of координата координаты "
    "географическая coğrafi dairəsi koordinat koordinatı ພິກັດ พิกัด"
)
_PLAIN = {"gps", "location", "position", "centroid", "center", "centre"}
_ABOUT = _IDLE | _PLAIN
_GRIDS = _folded("mgrs usng utm wgs84 wgs 84 military grid place")
# A column is read for what stands in it only where its name speaks of a place.
_OF_PLACES = _folded(
    "gps geo geom geopoint point position location grid coord wkt mgrs polygon "
    "boundary outline perimeter shape latlon latlng координат граница контур полигон "
    "koordinat sərhəd ພິກັດ ຂອບເຂດ พิกัด ขอบเขต toado area site участок sahə ພື້ນທີ່ "
    "พื้นที่"
)
_OF_OUTLINES = _folded(
    "geom wkt polygon boundary outline perimeter shape граница контур полигон sərhəd "
    "kontur poliqon ຂອບເຂດ ขอบเขต"
)
_OF_SYSTEMS = _folded(
    "datum coordref coordsys coordinatesystem referencesystem geodeticsystem spheroid "
    "ellipsoid projection epsg srid датум эллипсоид проекция"
)
_FUSED = re.compile(
    r"(geo|dd|coord|point)?(lat|latitude|lon|long|longitude|lng|x|y)"
    r"(coord|deg|dd|dms|min|sec|d|m|s|wgs84)?"
)
_ZONE = re.compile(
    r"(?<![^\W_])(utm[\s_]*)?(zone[\s_]*)?(\d{1,2})(\s*)([C-X])?(?![^\W_])", re.I
)
_UTM = re.compile(r"utm|zone", re.I)
_SYSTEM_LIKE = re.compile(r"\b(1[89]|20)\d\d\b|datum|epsg|srid")


class Angle(NamedTuple):
    """A column that says a latitude or longitude, or a part of one.

    Attributes:
        role: Such as ``lat`` or ``lon_minutes``.
        rest: What else its name says; both columns of a pair say the same.
        system: Reference system that its name names.
        zone: UTM zone that its name names.
        grid: Whether it may be metres.
    """

    column: str
    role: str
    rest: str
    system: str
    zone: str = ""
    grid: bool = False

    @property
    def says_more(self) -> bool:
        """Say whether the name may tell of the position of something else."""
        return not self.system and not {*self.rest.split()} <= _ABOUT

    @property
    def has_strange_system(self) -> bool:
        """Say whether the name seems to name a system, and none that is known."""
        return not self.system and bool(_SYSTEM_LIKE.search(self.rest))


class Grid(NamedTuple):
    """A column that says an easting or northing, with the zone and system it names."""

    role: str
    zone: str
    system: str


def grid_of_what(column: str, others: Collection[str | None]) -> str | None:
    """Return what else the name of a column of MGRS says; None: something else.

    Args:
        others: What the names of other positions say. "Camp MGRS" goes with the camp's
            degrees; "Site position (MGRS)" with those of which nothing is said, too.
    """
    words = [word for word in words_of(column) if word not in _ABOUT | _GRIDS]
    if "point" not in words_of(column):  # a reference point lies beside an area
        words = [word for word in words if word not in ("reference", "ref")]
    rest = " ".join(words)
    return rest if rest in others else "" if rest in ("", "site") else None


def speaks_of_a_place(column: str) -> bool:
    """Say whether a column's name has a word for a position among others."""
    name = folded(column)
    return any(word in name for word in _OF_PLACES)


def speaks_of_an_outline(column: str) -> bool:
    """Say whether a column's name has a word for an outline among others."""
    name = folded(column)
    return any(word in name for word in _OF_OUTLINES)


def speaks_of_a_system(column: str) -> bool:
    """Say whether a column's name has a word for a reference system among others."""
    name = folded(column)
    return any(word in name for word in _OF_SYSTEMS)


def angles_of(columns: Iterable[str]) -> Iterator[Angle]:
    """Yield the columns of angles; bare minutes belong to the column before them."""
    last: Angle | None = None
    for column in columns:
        found = angle_of(column)
        words = [word for word in words_of(column) if not word.isdecimal()]
        part = _PART_OF.get(words[0], "") if len(words) == 1 else ""
        if found is None and last and part and len(words[0]) > 1:
            axis = _WHOSE.get(words[0], last.role[:3])
            found = last._replace(column=column, role=f"{axis}_{part}")
        last = found
        if found:
            yield found


def angle_of(column: str) -> Angle | None:
    """Return what a column's name says of an angle, if it says one."""
    zone, bare = _zone_of(column)
    words = _axis_words(bare)
    axes = [word for word in words if word in _AXES]
    if not axes and _is_sided(words):  # N_deg, N_min, N_sec
        axes = [word for word in words if word in _SIDES]
    if len(axes) != 1:
        return None
    (word,) = axes
    axis, grid = (_AXES | _SIDES)[word], word in _UTM_AXES
    if zone and not grid:
        zone, words = "", _axis_words(column)
    idle = {word, *_IDLE, *(_METRES if grid else ())}
    idle |= {side for side, meant in _SIDES.items() if meant == axis}
    others = [w for w in words if w not in idle]
    parts = [_PART_OF[w] for w in others if w in _PART_OF]
    rest = " ".join(w for w in others if w not in _PART_OF)
    is_name = re.search(r"\d", rest) and re.search(r"[^\W\d]", rest)
    system = (named_system(rest) if is_name else "") or ""
    if rest and not system and word not in _FREE:
        return None
    role = f"{axis}_{parts[0]}" if len(parts) == 1 and parts[0] else axis
    rest = rest if system != WGS84 else ""
    return Angle(column, role, rest, system, zone, grid)


def _axis_words(column: str) -> list[str]:
    """Return the words of a name, fused ones apart and those of one axis together."""
    whole = folded(column)
    if whole in _AXES:
        return [whole]
    split = words_of(column)
    pairs = ((i, a + b) for i, (a, b) in enumerate(zip(split, split[1:], strict=False)))
    for i, both in pairs:
        if both in _AXES:  # Vĩ độ
            split[i : i + 2] = [both]
            break
    fused = ((word, _FUSED.fullmatch(word)) for word in split)
    return [w for word, m in fused for w in (m.groups() if m else [word]) if w]


def _is_sided(words: list[str]) -> bool:
    sides = [word for word in words if word in _SIDES]
    others = [word for word in words if word not in _SIDES]
    is_part = all(word in _PART_OF and len(word) > 1 for word in others)
    return len(sides) == 1 and bool(others) and is_part


def zone_in(column: str) -> str:
    """Return the UTM zone that a column's name says, such as 48N, or ""."""
    return _zone_of(column)[0]


def _zone_of(column: str) -> tuple[str, str]:
    """Return the UTM zone that a column's name says, such as 48N, and the rest."""
    match = _ZONE.search(column)
    if match is None:
        return "", column
    _utm, _zone, number, gap, letter = match.groups("")
    is_meant = _UTM.search(column) or (letter and not gap)
    if not is_meant or not 1 <= int(number) <= 60:
        return "", column
    bare = column[: match.start()] + " " + column[match.end() :]
    return number + letter.upper(), bare


def grid_of(column: str) -> Grid | None:
    """Return what a column's name says of an easting or northing, if it says one."""
    zone, bare = _zone_of(column)
    whole, words = folded(bare), words_of(bare)
    known = _GRID | (_UTM_AXES if _UTM.search(column) else {})
    axes = [whole] if whole in known else [w for w in words if w in known]
    if len(axes) != 1:
        return None
    idle = {*axes, *_ABOUT, *_METRES, "utm", "zone", "grid"}
    others = [] if whole in known else [w for w in words if w not in idle]
    system = named_system(" ".join(others)) if others else ""
    if system is None:
        return None
    return Grid(known[axes[0]], zone, system if system != WGS84 else "")
