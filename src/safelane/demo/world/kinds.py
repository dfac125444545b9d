"""What the generated world is made of: one frozen record per kind.

Coordinates are WGS 84 longitude and latitude in degrees, rounded to 1e-7 (about 1 cm).
Keys are unique within a world and stable for a seed. Nothing here is a real record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from shapely.geometry import LineString, Point, Polygon

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Area:
    """An administrative area; ``level`` 1 is the widest that the world has."""

    key: str
    country: str
    level: int
    name: str
    local_name: str
    parent: str
    geometry: Polygon


@dataclass(frozen=True, slots=True)
class Place:
    """A town or village with its people."""

    key: str
    country: str
    area: str
    name: str
    local_name: str
    kind: str
    population: int
    geometry: Point


@dataclass(frozen=True, slots=True)
class Line:
    """A road, a river, a trench or the former front line."""

    key: str
    country: str
    kind: str
    name: str
    geometry: LineString


@dataclass(frozen=True, slots=True)
class Organisation:
    """An invented organisation; ``country`` is "" for one that has none."""

    key: str
    kind: str
    name: str
    short_name: str
    local_name: str
    country: str


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person with one membership."""

    key: str
    name: str
    email: str
    organisation: str
    role: str
    country: str
    language: str
    area: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One organisation opens named data classes to another for a time."""

    key: str
    giver: str
    receiver: str
    data_classes: tuple[str, ...]
    precision: str
    country: str
    starts: date
    ends: date


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a cluster-munition survey, on the UTM grid (EPSG ``epsg``).

    ``percent`` is the share that was searched.
    """

    key: str
    strike: str
    epsg: int
    column: int
    row: int
    size_m: int
    colour: str
    percent: int
    organisation: str
    surveyed: date
    geometry: Polygon


@dataclass(frozen=True, slots=True)
class GeoPoint:
    """A typed point of a perimeter, by bearing and distance from the one before.

    ``bearing`` is magnetic, in degrees; ``distance`` in metres; both None for a point
    fixed by satellite receiver.
    """

    number: int
    kind: str
    description: str
    geometry: Point
    bearing: float | None = None
    distance: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something seen, heard or read that speaks for contamination."""

    key: str
    hazard: str
    country: str
    kind: str
    direct: bool
    grade: str
    accuracy_m: float
    observed: date
    organisation: str
    note: str
    geometry: Point
    ordnance: str = ""
    category: str = ""
    count: int = 0
    depth_cm: int = 0
    condition: str = ""


@dataclass(frozen=True, slots=True)
class MinefieldRecord:
    """A wartime record map: where it says that the mines are, and how wrong it is.

    ``shift_m`` is the systematic error east and north of its whole map sheet.
    """

    key: str
    hazard: str
    sheet: str
    shift_m: tuple[float, float]
    drawn: date
    anti_personnel: int
    anti_vehicle: int
    geometry: Polygon


@dataclass(frozen=True, slots=True)
class Report:
    """One report on a hazardous area, as it came in.

    ``info_date`` is the date of information, ``entry_date`` the day it was typed in:
    some old reports arrive late. ``stage`` says how far the review has come.
    """

    key: str
    hazard: str
    kind: str
    info_date: date
    entry_date: date
    author: str
    stage: str
    reason: str
    changes: Values
    geometry: Polygon | None = None


@dataclass(frozen=True, slots=True)
class Hazard:
    """A hazardous area with its life; ``values`` are those of its first report."""

    key: str
    country: str
    kind: str
    status: str
    origin: str
    name: str
    area: str
    place: str
    organisation: str
    area_m2: float
    geometry: Polygon
    values: Values
    reports: tuple[Report, ...] = ()
    points: tuple[GeoPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Victim:
    """An invented person hurt in an accident.

    ``difficulties`` holds the answers to the Washington Group Short Set.
    """

    key: str
    name: str
    sex: str
    age: int
    outcome: str
    activity: str
    status: str
    occupation: str
    knew_danger: str
    risk_education: str
    tampered: str
    consent: str
    difficulties: Values
    injuries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accident:
    """An accident with its victims; ``hazard`` is "" when none was known there."""

    key: str
    country: str
    kind: str
    happened: datetime
    reported: date
    activity: str
    cause: str
    ordnance: str
    weather: str
    area: str
    place: str
    hazard: str
    organisation: str
    stage: str
    narrative: str
    geometry: Point
    victims: tuple[Victim, ...] = field(default=())
