"""UTM coordinates with a zone letter that may be a band or a hemisphere."""

from __future__ import annotations

from django.utils.translation import gettext as _

from safelane.core.geo.errors import InvalidCoordinates
from safelane.core.geo.measure import Bounds, transformer, utm_zone

BANDS = "CDEFGHJKLMNPQRSTUVWX"
BAND_SLACK_DEGREES = 0.5
_Place = tuple[float, float, str]


def to_lonlat(
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


def project(lon: float, lat: float) -> tuple[int, float, float]:
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


def write(lon: float, lat: float) -> str:
    """Return ``48Q 212345.1 2145678.2``; band S is written ``38 NORTH``."""
    zone, east, north = project(lon, lat)
    letter = BANDS[min(int((lat + 80) // 8), 19)]
    band = " NORTH" if letter == "S" else letter
    return f"{zone}{band} {east:.1f} {north:.1f}"
