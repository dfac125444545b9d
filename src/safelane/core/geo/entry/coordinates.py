"""Typed coordinates: read every usual spelling, refuse what could mean two places.

Formats: ``dd`` decimal degrees, ``dm`` degrees and minutes, ``dms`` degrees, minutes
and seconds, ``utm``, ``mgrs``, and ``grid`` (two metres in a named projected system).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import mgrs
from django.utils.translation import gettext as _
from pyproj import CRS
from pyproj.exceptions import CRSError

from safelane.core.geo.entry import sexagesimal
from safelane.core.geo.errors import InvalidCoordinates
from safelane.core.geo.measure import Bounds, transformer, utm_zone

WGS84 = "EPSG:4326"
_MGRS = re.compile(r"\d{1,2}[C-HJ-NP-X][A-HJ-NP-Z]{2}\d*")
_UTM = re.compile(
    r"(?:UTM\s*)?(?:ZONE\s*)?(?P<zone>\d{1,2})\s*(?P<letter>[A-Z]|NORTH|SOUTH)"
    r"[\s,:]+(?P<east>\d[\d ]*?(?:[.,]\d+)?)\s*(?:M?E)?[\s,;/]+"
    r"(?P<north>\d+(?:[.,]\d+)?)\s*(?:M?N)?"
)
_PAIR = re.compile(r"(-?\d+(?:\.\d+)?)[\s,;/]+(-?\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class ParsedPoint:
    """A typed place: WGS 84 position, and what was typed.

    Args:
        lon, lat: WGS 84 degrees.
        format: One of those named above.
        crs: Coordinate system of the typed numbers, such as ``"EPSG:4326"``.
        text: Exactly what was typed.
    """

    lon: float
    lat: float
    format: str
    crs: str
    text: str


def parse_point(
    text: str,
    format: str | None = None,
    *,
    bounds: Bounds | None = None,
    crs: str = WGS84,
) -> ParsedPoint:
    """Return the place that ``text`` names.

    Args:
        text: Such as ``19.45, 103.2``, ``19°27'36"N 103°12'E``, ``48Q 212345
            2145678`` or ``48QUF1234545678``. Decimal commas, digits of any script
            and hemisphere letters in Azerbaijani, Lao, Russian are read.
        format: Refuse any other format; None finds it.
        bounds: Box of the country: settles the order of two plain numbers and the
            meaning of a zone letter S, and finds swapped numbers.
        crs: System of the typed numbers, if not WGS 84 (such as ``"EPSG:4284"``).

    Raises:
        InvalidCoordinates: It cannot be read, is out of range, or could be read in
            two ways. The message says what to write instead.
    """
    plain = sexagesimal.normalise(text)
    if not plain:
        raise InvalidCoordinates(_("Type the coordinates."))
    found = "utm" if _UTM.fullmatch(plain) else "dd"
    if _MGRS.fullmatch(plain.replace(" ", "")):
        found = "mgrs"
    if crs != WGS84 and CRS.from_user_input(_checked_crs(crs)).is_projected:
        found = "grid"
    if format is not None and format != found and {format, found} - _DEGREES:
        raise InvalidCoordinates(
            _("“%(text)s” is not in the chosen format (%(format)s).")
            % {"text": text, "format": format.upper()}
        )
    return _READERS[found](plain, text, bounds, crs)


_DEGREES = {"dd", "dm", "dms"}


def _read_degrees(
    plain: str, text: str, bounds: Bounds | None, crs: str
) -> ParsedPoint:
    lat, lon, form = sexagesimal.read(plain, text)
    _refuse_out_of_range(lon, lat, text)
    if crs != WGS84:
        lon, lat = transformer(_checked_crs(crs), WGS84).transform(lon, lat)
    signed = sexagesimal.has_letters(plain)
    if bounds is not None and not signed:
        _refuse_swapped(lon, lat, bounds, text)
    return ParsedPoint(lon, lat, form, crs, text)


def _refuse_out_of_range(lon: float, lat: float, text: str) -> None:
    if abs(lat) <= 90 and abs(lon) <= 180:
        return
    if abs(lon) <= 90 and abs(lat) <= 180:
        raise InvalidCoordinates(
            _(
                "“%(text)s” looks swapped: %(first)s cannot be a latitude. Write the "
                "latitude first, or add N, S, E, W."
            )
            % {"text": text, "first": f"{lat:g}"}
        )
    message = _(
        "“%(text)s” is out of range: latitudes end at 90°, longitudes at 180°. "
        "Metres need their UTM zone, such as 48Q."
    )
    raise InvalidCoordinates(message % {"text": text})


def _refuse_swapped(lon: float, lat: float, bounds: Bounds, text: str) -> None:
    if not _inside(lon, lat, bounds) and _inside(lat, lon, bounds):
        message = _(
            "“%(text)s” lies outside the country, but inside it the other way "
            "round. Write the latitude first, or add N, S, E, W."
        )
        raise InvalidCoordinates(message % {"text": text})


def _inside(lon: float, lat: float, bounds: Bounds) -> bool:
    return bounds[0] <= lon <= bounds[2] and bounds[1] <= lat <= bounds[3]


def _read_utm(plain: str, text: str, bounds: Bounds | None, crs: str) -> ParsedPoint:
    match = _UTM.fullmatch(plain)
    if match is None:
        raise _not_understood(text)
    lon, lat, system = from_utm(
        int(match["zone"]),
        match["letter"],
        float(match["east"].replace(" ", "").replace(",", ".")),
        float(match["north"].replace(",", ".")),
        bounds=bounds,
    )
    return ParsedPoint(lon, lat, "utm", system, text)


def _read_mgrs(plain: str, text: str, bounds: Bounds | None, crs: str) -> ParsedPoint:
    code = plain.replace(" ", "")
    digits = re.sub(r"^\d{1,2}[A-Z]{3}", "", code)
    if len(digits) % 2 or len(digits) > 10:
        message = _(
            "“%(text)s” has %(count)s digits after the square; MGRS needs the "
            "same number for east and north, at most 5 each."
        )
        raise InvalidCoordinates(message % {"text": text, "count": len(digits)})
    half = 10.0 ** (5 - len(digits) // 2) / 2
    try:
        zone, hemisphere, east, north = mgrs.MGRS().MGRSToUTM(code)
    except mgrs.core.MGRSError as error:
        raise InvalidCoordinates(
            _("“%(text)s” names no MGRS square. Check the letters.") % {"text": text}
        ) from error
    side = "NORTH" if hemisphere == "N" else "SOUTH"
    # The library answers with a corner or a middle, by precision: always the middle.
    east, north = (value // (2 * half) * (2 * half) + half for value in (east, north))
    lon, lat, _system = from_utm(zone, side, east, north)
    return ParsedPoint(lon, lat, "mgrs", WGS84, text)


def _read_grid(plain: str, text: str, bounds: Bounds | None, crs: str) -> ParsedPoint:
    match = _PAIR.fullmatch(plain)
    if match is None:
        raise _not_understood(text)
    east, north = float(match[1]), float(match[2])
    lon, lat = transformer(_checked_crs(crs), WGS84).transform(east, north)
    _refuse_out_of_range(lon, lat, text)
    return ParsedPoint(lon, lat, "grid", crs, text)


def _checked_crs(crs: str) -> str:
    try:
        CRS.from_user_input(crs)
    except CRSError as error:
        raise InvalidCoordinates(
            _("“%(crs)s” is not a coordinate system. Give an EPSG code.") % {"crs": crs}
        ) from error
    return crs


def _not_understood(text: str) -> InvalidCoordinates:
    message = _(
        "“%(text)s” is not understood. Write latitude and longitude (19.45, "
        "103.2), UTM with its zone (48Q 212345 2145678) or MGRS."
    )
    return InvalidCoordinates(message % {"text": text})


_READERS = {
    "dd": _read_degrees,
    "utm": _read_utm,
    "mgrs": _read_mgrs,
    "grid": _read_grid,
}


def format_point(lon: float, lat: float, format: str = "dd") -> str:
    """Return WGS 84 coordinates as text that :func:`parse_point` reads back.

    Resolution: dd, dm, dms to about 0.1 m; utm 0.1 m; mgrs 1 m.
    """
    if format in _DEGREES:
        return sexagesimal.write(lon, lat, format)
    if format == "utm":
        zone, east, north = to_utm(lon, lat)
        letter = BANDS[min(int((lat + 80) // 8), 19)]
        band = " NORTH" if letter == "S" else letter  # which would be taken for south
        return f"{zone}{band} {east:.1f} {north:.1f}"
    if format == "mgrs":
        zone, east, north = to_utm(lon, lat)
        side = "N" if lat >= 0 else "S"
        code = str(mgrs.MGRS().UTMToMGRS(zone, side, east, north, 5))
        return f"{code[:-12]}{code[-12:-10]} {code[-10:-5]} {code[-5:]}"
    raise InvalidCoordinates(_("There is no format “%(name)s”.") % {"name": format})


BANDS = "CDEFGHJKLMNPQRSTUVWX"
BAND_SLACK_DEGREES = 0.5
_Place = tuple[float, float, str]


def from_utm(
    zone: int, letter: str, east: float, north: float, *, bounds: Bounds | None = None
) -> _Place:
    """Return (lon, lat, EPSG code) of a UTM position.

    Args:
        letter: Latitude band, or N, S, NORTH, SOUTH.
        bounds: Box of the country, to tell band S (32 to 40° N) from "south".

    Raises:
        InvalidCoordinates: Zone, band, easting and northing do not fit together, or
            S could be both.
    """
    _check_numbers(zone, east, north)
    if letter in ("N", "NORTH"):
        return _place(zone, False, east, north)
    if letter == "SOUTH":
        return _place(zone, True, east, north)
    if letter == "S":
        return _band_or_south(zone, east, north, bounds)
    if letter not in BANDS:
        raise InvalidCoordinates(
            _("“%(letter)s” is not a latitude band (C to X without I and O).")
            % {"letter": letter}
        )
    place = _place(zone, letter < "N", east, north)
    if not _in_band(place[1], letter):
        raise _wrong_band(zone, letter, place[1])
    return place


def _check_numbers(zone: int, east: float, north: float) -> None:
    if not 1 <= zone <= 60:
        raise InvalidCoordinates(
            _("There is no UTM zone %(zone)s; zones are 1 to 60.") % {"zone": zone}
        )
    if not (100_000 <= east < 1_000_000 and 0 <= north <= 10_000_000):
        raise InvalidCoordinates(
            _(
                "Easting %(east)s, northing %(north)s are not UTM metres. The easting "
                "has 6 digits and comes first, the northing has up to 7."
            )
            % {"east": f"{east:g}", "north": f"{north:.10g}"}
        )


def _place(zone: int, south: bool, east: float, north: float) -> _Place:
    system = f"EPSG:{(32700 if south else 32600) + zone}"
    lon, lat = transformer(system, "EPSG:4326").transform(east, north)
    return lon, lat, system


def _in_band(lat: float, letter: str) -> bool:
    south = -80 + 8 * BANDS.index(letter)
    north = 84 if letter == "X" else south + 8
    return south - BAND_SLACK_DEGREES <= lat <= north + BAND_SLACK_DEGREES


def _wrong_band(zone: int, letter: str, lat: float) -> InvalidCoordinates:
    return InvalidCoordinates(
        _(
            "The northing lies at latitude %(lat)s, outside band %(letter)s. Check the "
            "northing or write %(zone)s north or %(zone)s south."
        )
        % {"lat": f"{lat:.2f}", "letter": letter, "zone": zone}
    )


def _band_or_south(
    zone: int, east: float, north: float, bounds: Bounds | None
) -> _Place:
    band, south = _place(zone, False, east, north), _place(zone, True, east, north)
    if not _in_band(band[1], "S"):
        return south
    if bounds is not None:
        return band if (bounds[1] + bounds[3]) > 0 else south
    raise InvalidCoordinates(
        _(
            "Zone %(zone)sS can mean band S (latitude %(band)s) or the southern "
            "hemisphere (latitude %(south)s). Write %(zone)s north or %(zone)s south."
        )
        % {"zone": zone, "band": f"{band[1]:.2f}", "south": f"{south[1]:.2f}"}
    )


def to_utm(lon: float, lat: float) -> tuple[int, float, float]:
    """Return (zone, easting, northing) of a place; metres in its own UTM zone.

    Raises:
        InvalidCoordinates: The place is in a polar region, where UTM ends.
    """
    if not -80 <= lat <= 84:
        raise InvalidCoordinates(_("UTM ends at latitudes 80° S and 84° N."))
    zone = utm_zone(lon, lat)
    system = f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"
    east, north = transformer("EPSG:4326", system).transform(lon, lat)
    return zone, east, north
