"""Magnetic declination by date and place, from the World Magnetic Model.

Source: NOAA and BGS, WMM 2010 to WMM 2025, each valid for five years.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _
from pygeomag import GeoMag, decimal_year_from_date

_MODELS = (
    (2010.0, "WMM-2010", "wmm/WMM_2010.COF"),
    (2015.0, "WMM-2015v2", "wmm/WMM_2015v2.COF"),
    (2020.0, "WMM-2020", "wmm/WMM_2020.COF"),
    (2025.0, "WMM-2025", "wmm/WMM_2025.COF"),
)
FIRST_YEAR, LAST_YEAR = 2010.0, 2030.0


@dataclass(frozen=True, slots=True)
class Declination:
    """The angle from true to magnetic north, east positive.

    Args:
        degrees: Add it to a magnetic bearing to get the true bearing.
        model: Such as ``"WMM-2025"``.
        warning: Empty, or that the date is outside the model (translated).
    """

    degrees: float
    model: str
    warning: str = ""


@lru_cache(maxsize=len(_MODELS))
def _model(path: str) -> GeoMag:
    return GeoMag(coefficients_file=path)


def declination_at(lon: float, lat: float, on: date) -> Declination:
    """Return the declination at a place (WGS 84, sea level) on a day.

    Outside 2010 to 2029 the nearest valid day is used, and ``warning`` says so: the
    error then grows by about 0.1° a year.
    """
    year = float(decimal_year_from_date(on))
    used = min(max(year, FIRST_YEAR), LAST_YEAR - 0.001)
    _start, name, path = [model for model in _MODELS if model[0] <= used][-1]
    degrees = float(_model(path).calculate(glat=lat, glon=lon, alt=0, time=used).d)
    return Declination(degrees, name, "" if used == year else _outside(on))


def _outside(on: date) -> str:
    return _(
        "%(date)s is outside the magnetic models (2010 to 2029): the declination of "
        "the nearest year was used. Give the declination if you know it."
    ) % {"date": on.isoformat()}
