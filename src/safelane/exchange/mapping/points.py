"""Read one typed position: degrees, metres of a grid, MGRS or both in one text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from safelane.core.geo.entry.coordinates import from_utm, parse_point
from safelane.core.geo.entry.sexagesimal import read_angle
from safelane.core.geo.errors import InvalidCoordinates
from safelane.core.geo.measure import Bounds
from safelane.exchange.files.reprojection import WGS84, crs_label, is_wgs84
from safelane.exchange.mapping.numbers import is_grouped, parse_number
from safelane.exchange.mapping.position_names import zone_in
from safelane.exchange.mapping.systems import is_projected, on_utm, zone_of

_ZONE = re.compile(r"\s*(?:UTM)?\s*(?:zone)?\s*(\d{1,2})\s*([A-Za-z]*)\s*", re.I)
_GEOPOINT = re.compile(r"\s*(-?\d+\.\d+ -?\d+\.\d+)( -?\d+(\.\d+)?){1,2}\s*")
Point = tuple[str, str, float, float]


def metres_of(value: Any) -> float:
    """Return the metres that a cell of a grid column says.

    Raises:
        ValueError: It is no number.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = str(value)
    return parse_number(text, text.count(",") == 1 and not is_grouped(text), "m")


def read_point(
    kind: str, cells: Sequence[Any], bounds: Bounds | None, crs: str
) -> Point:
    """Return the system of x and y, that in which they were typed, and x and y.

    Raises:
        InvalidCoordinates, ValueError, TypeError: They are no position of this kind.
    """
    is_grid = kind != "mgrs" and is_projected(crs)
    if kind == "utm":
        east, north = cells[1:]
        _refuse_other_zone(cells[0], zone_of(crs), crs_label(crs))
        place = (crs, crs, metres_of(east), metres_of(north))
        return place if is_grid else _utm(cells, bounds, crs)
    if (kind == "lonlat" and is_grid) or (kind == "mgrs" and not is_wgs84(crs)):
        text = _("“%(value)s” is not in %(system)s, in which its row says to be.")
        said = {"value": " ".join(map(str, cells))[:80], "system": crs_label(crs)}
        raise InvalidCoordinates(text % said)
    if kind == "lonlat":
        lat, lon = (
            read_angle(str(cell), axis)
            for cell, axis in zip(cells, ("lat", "lon"), strict=True)
        )
        return crs, crs, lon, lat
    # Of ODK and Kobo, with height and accuracy behind the position.
    geopoint = kind == "point" and _GEOPOINT.fullmatch(str(cells[0]))
    text = geopoint[1] if geopoint else str(cells[0])
    if kind == "mgrs":
        found = parse_point(text, "mgrs")
        return WGS84, WGS84, found.lon, found.lat
    found = parse_point(text, bounds=bounds, crs=crs)
    return WGS84, found.crs, found.lon, found.lat


def _utm(cells: Sequence[Any], bounds: Bounds | None, datum: str) -> Point:
    """Return the place of a zone such as "48N", "48", "48Q" or "UTM zone 48 N"."""
    zone, east, north = cells[0], metres_of(cells[1]), metres_of(cells[2])
    match = _ZONE.fullmatch(str(zone or ""))
    if match is None:
        text = _("“%(value)s” is not a UTM zone such as 48N.")
        raise InvalidCoordinates(text % {"value": str(zone or "")[:80]})
    letter = match[2].upper() or "N"
    lon, lat, system = from_utm(int(match[1]), letter, east, north, bounds=bounds)
    if is_wgs84(datum):
        return WGS84, system, lon, lat
    system = on_utm(datum, match[1], "S" if system.startswith("EPSG:327") else "N")
    return system, crs_label(system), east, north


def refuse_other_heading(zone: Any, column: str) -> None:
    """Raise where a row says a zone, and the name of its column another one."""
    _refuse_other_zone(zone, _said(zone_in(column)), f"“{column}”")


def _refuse_other_zone(zone: Any, meant: tuple[int, str], by: str) -> None:
    """Raise where a row says a zone, and what else it says is another zone's."""
    said = _said(str(zone or ""))
    if 0 not in {said[0], meant[0]} and (
        said[0] != meant[0] or {said[1], meant[1]} == {"N", "S"}
    ):
        text = _("The row says zone %(zone)s and %(system)s, which is another zone.")
        raise InvalidCoordinates(text % {"zone": str(zone)[:80], "system": by})


def _said(zone: str) -> tuple[int, str]:
    """Return the number and the hemisphere of a zone; 0 and "" for what is not said.

    "S" is the south, and a band of latitude in the north.
    """
    match = _ZONE.fullmatch(zone)
    if match is None:
        return 0, ""
    letters = match[2].upper()
    north = "" if letters in ("", "S") else "S" if letters < "N" else "N"
    return int(match[1]), "S" if letters == "SOUTH" else north
