"""Guess which columns hold the position."""

from __future__ import annotations

import re
from typing import Any

import shapely

from safelane.exchange.files.tables import Batch, SourceInfo
from safelane.exchange.mapping.model import GeometryMapping
from safelane.exchange.mapping.names import folded
from safelane.exchange.mapping.places import parse_degrees
from safelane.exchange.mapping.targets import Target

_NAMES = {
    "lon": "lon long longitude lng x xcoord coordx pointx geolon ddlong longdd "
    "долгота uzunluq kinhdo ລອງຈິຈູດ ເສັ້ນແວງ ลองจิจูด longitudewgs84",
    "lat": "lat latitude y ycoord coordy pointy geolat ddlat latdd "
    "широта enlik vido ລາຕິຈູດ ເສັ້ນຂະໜານ ละติจูด latitudewgs84",
    "easting": "easting east utme utmx utmeast utmeasting xutm e xutmwgs84 восток",
    "northing": "northing north utmn utmy utmnorth utmnorthing yutm n север",
    "zone": "zone utmzone utmz zona зона gridzone",
    "mgrs": "mgrs usermgrs userinputmgrs mgrscoordinates militarygrid usng "
    "userenteredmgrs",
    "wkt": "wkt geom geometry thegeom shape geomwkt wktgeom polygonwkt geometrywkt",
}
_BY_NAME = {n: role for role, names in _NAMES.items() for n in names.split()}
_MGRS = re.compile(r"\s*\d{1,2}\s*[C-X]\s*[A-HJ-Z]{2}\s*\d{2,5}\s*\d{2,5}\s*$", re.I)
_WKT = re.compile(
    r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)\s*Z?M?\s*\(", re.I
)
_LOOK = 50


def guess_geometry(info: SourceInfo, sample: Batch, target: Target) -> GeometryMapping:
    """Propose where the position comes from; kind "none" when nothing looks like it."""
    if target.geometry == "none":
        return GeometryMapping()
    if info.has_geometry and _has_shapes(sample):
        return GeometryMapping("source")
    roles = _roles(sample)
    if "wkt" in roles:
        return GeometryMapping("wkt", {"wkt": roles["wkt"]})
    if {"lon", "lat"} <= roles.keys() and _in_degrees(sample, roles):
        return GeometryMapping("lonlat", {r: roles[r] for r in ("lon", "lat")})
    if "mgrs" in roles:
        return GeometryMapping("mgrs", {"mgrs": roles["mgrs"]})
    return _metres(roles)


def _metres(roles: dict[str, str]) -> GeometryMapping:
    east = roles.get("easting", roles.get("lon"))
    north = roles.get("northing", roles.get("lat"))
    if not east or not north:
        return GeometryMapping()
    columns = {"easting": east, "northing": north}
    if "zone" in roles:
        columns["zone"] = roles["zone"]
    return GeometryMapping("utm", columns)


def _has_shapes(sample: Batch) -> bool:
    if sample.geometry is None:
        return False
    return not bool(shapely.is_missing(shapely.from_wkb(sample.geometry)).all())


def _roles(sample: Batch) -> dict[str, str]:
    found: dict[str, str] = {}
    for column, cells in sample.columns.items():
        role = _BY_NAME.get(folded(column)) or _by_values(cells)
        if role and not (role == "wkt" and not _matches(cells, _WKT)):
            found.setdefault(role, column)
    return found


def _by_values(cells: list[Any]) -> str:
    if _matches(cells, _WKT):
        return "wkt"
    return "mgrs" if _matches(cells, _MGRS) else ""


def _matches(cells: list[Any], pattern: re.Pattern[str]) -> bool:
    texts = [str(c) for c in cells if c not in (None, "")][:_LOOK]
    good = sum(bool(pattern.match(t)) for t in texts)
    return bool(texts) and good >= 0.8 * len(texts)


def _in_degrees(sample: Batch, roles: dict[str, str]) -> bool:
    good = total = 0
    pairs = zip(sample.columns[roles["lon"]], sample.columns[roles["lat"]], strict=True)
    for lon, lat in list(pairs)[:_LOOK]:
        if lon in (None, "") or lat in (None, ""):
            continue
        total += 1
        try:
            good += abs(parse_degrees(lon)) <= 180 and abs(parse_degrees(lat)) <= 90
        except ValueError:
            continue
    return total > 0 and good >= 0.5 * total
