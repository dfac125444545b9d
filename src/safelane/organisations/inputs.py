"""What the actions on organisations take."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from shapely.geometry.base import BaseGeometry

from safelane.organisations.models import AdminArea, Country, Organisation


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One admin area of a file.

    Args:
        level: 1 for the level below the country.
        code: Official code, unique within country and level.
        parent_code: Code of the area one level up; None means found by geometry.
        geometry: Polygon or multipolygon, WGS 84.
    """

    level: int
    code: str
    name: str
    geometry: BaseGeometry | None = None
    parent_code: str | None = None
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place of a file; ``lon`` and ``lat`` are WGS 84 degrees."""

    code: str
    name: str
    lon: float
    lat: float
    population: int | None = None
    kind: str = "village"
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Term:
    """For where and how long a membership or an agreement holds."""

    starts: date | None = None
    ends: date | None = None
    country: Country | None = None
    area: AdminArea | None = None

    def given_in(self, home: Organisation) -> Term:
        """Return the term with its country: that of ``home`` today, if none is said."""
        return replace(self, country=self.country or home.country)

    @property
    def columns(self) -> dict[str, Any]:
        """Return the columns of a membership that say it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Opening:
    """What an agreement opens: data classes at a precision, and why."""

    owner: Organisation
    partner: Organisation
    data_classes: tuple[str, ...]
    precision: str
    purpose: str
