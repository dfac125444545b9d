"""The register's filters: one reading of a query string for every door."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput
from safelane.core.scope import Precision
from safelane.core.scope.precision import shown_meets
from safelane.organisations.models import AdminArea

M = TypeVar("M", bound=Model)
BBox = tuple[float, float, float, float]
DISTRICT_LEVEL = 2


@dataclass(frozen=True, slots=True)
class HazardFilter:
    """Which areas are asked for.

    Args:
        q: Words in reference or name.
        bbox: west, south, east, north in WGS 84 degrees.
        area: Primary key of an admin area; everything below it counts.
        date_from, date_to: Date of last information, both included.
        as_of: Show what was true on this day ...
        known_at: ... as the register knew it at this moment (end of day when a date).
    """

    q: str = ""
    kind: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    grade: tuple[str, ...] = ()
    organisation: int | None = None
    country: str = ""
    area: int | None = None
    bbox: BBox | None = None
    date_from: date | None = None
    date_to: date | None = None
    as_of: date | None = None
    known_at: datetime | None = None

    @classmethod
    def parse(cls, query: Mapping[str, Any]) -> HazardFilter:
        """Read a ``QueryDict`` (or a plain mapping of strings).

        Raises:
            InvalidInput: A value cannot be read; the message names it.
        """
        return cls(
            q=_text(query, "q"),
            kind=_many(query, "kind"),
            status=_many(query, "status"),
            priority=_many(query, "priority"),
            grade=_many(query, "grade"),
            organisation=_number(query, "organisation"),
            country=_text(query, "country"),
            area=_number(query, "area"),
            bbox=_bbox(_text(query, "bbox")),
            date_from=_day(query, "date_from"),
            date_to=_day(query, "date_to"),
            as_of=_day(query, "as_of"),
            known_at=_moment(query, "known_at"),
        )

    @property
    def is_past(self) -> bool:
        """Say whether a past state of the register is asked for."""
        return self.as_of is not None or self.known_at is not None

    def querystring(self) -> str:
        """Return the filter as a query string that ``parse`` reads back."""
        pairs: list[tuple[str, str]] = []
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name == "bbox" and value is not None:
                pairs.append(("bbox", ",".join(f"{number:.9g}" for number in value)))
            elif isinstance(value, tuple):
                pairs += [(item.name, str(part)) for part in value]
            elif isinstance(value, (date, datetime)):
                pairs.append((item.name, value.isoformat()))
            elif value not in (None, ""):
                pairs.append((item.name, str(value)))
        return urlencode(pairs)

    def apply(
        self, rows: QuerySet[M], *, via: str = "", coarse: bool = True
    ) -> QuerySet[M]:
        """Narrow areas; with ``via="hazard__"`` their periods.

        Args:
            rows: From ``visible_to``, so each row carries ``precision``.
            coarse: Some rows may not be exact. Then no filter may tell more about a
                row than its precision shows: boxes are widened to the 1 km grid or to
                the district, and hidden names are not searched.
        """
        conditions = self._facts() & self._identity(via, coarse)
        if self.area is not None:
            conditions &= self._area(coarse)
        if self.bbox is not None:
            exact = Q(geometry__bbox=self.bbox)
            conditions &= shown_meets(self.bbox) if coarse else exact
        return rows.filter(conditions)

    def _area(self, coarse: bool) -> Q:
        inside = Q(admin_area__path__contains=f"/{self.area}/")
        wide = AdminArea.objects.filter(level__lte=DISTRICT_LEVEL)
        if coarse and not wide.filter(pk__in=[self.area or 0]).exists():
            inside &= Q(precision__lt=Precision.DISTRICT)
        return inside

    def _facts(self) -> Q:
        chosen = {
            "kind__in": self.kind,
            "status__in": self.status,
            "priority__in": self.priority,
            "information_grade__in": self.grade,
        }
        return Q(**{name: values for name, values in chosen.items() if values})

    def _identity(self, via: str, coarse: bool) -> Q:
        query = Q()
        if self.q:
            named = Q(name__icontains=self.q)
            if coarse:
                named &= Q(precision=Precision.EXACT)
            query &= Q(**{f"{via}reference__icontains": self.q}) | named
        if self.organisation is not None:
            query &= Q(**{f"{via}organisation_id": self.organisation})
        if self.country:
            query &= Q(**{f"{via}country__code": self.country.upper()})
        return query & self._dates(via)

    def _dates(self, via: str) -> Q:
        name = "valid_from" if via else "last_information"
        query = Q()
        if self.date_from is not None:
            query &= Q(**{f"{name}__gte": self.date_from})
        if self.date_to is not None:
            query &= Q(**{f"{name}__lte": self.date_to})
        return query


def _text(query: Mapping[str, Any], name: str) -> str:
    value = query.get(name, "")
    if isinstance(value, (list, tuple)):
        value = value[-1] if value else ""
    text = str(value).strip()
    if "\x00" in text:
        raise _unreadable(name, "\\x00")
    return text[:200]


def _many(query: Mapping[str, Any], name: str) -> tuple[str, ...]:
    getlist = getattr(query, "getlist", None)
    values = getlist(name) if getlist else query.get(name, [])
    if isinstance(values, str):
        values = [values]
    parts = [part.strip() for value in values for part in str(value).split(",")]
    if any("\x00" in part for part in parts):
        raise _unreadable(name, "\\x00")
    return tuple(part for part in parts if part)


def _number(query: Mapping[str, Any], name: str) -> int | None:
    text = _text(query, name)
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise _unreadable(name, text)
    return int(text)


def _day(query: Mapping[str, Any], name: str) -> date | None:
    text = _text(query, name)
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError as error:
        raise _unreadable(name, text) from error
    if day is None:
        raise _unreadable(name, text)
    return day


def _moment(query: Mapping[str, Any], name: str) -> datetime | None:
    """Read a moment; a bare date means the end of that day."""
    text = _text(query, name)
    if not text:
        return None
    if len(text) <= 10:
        day = _day(query, name)
        assert day is not None  # noqa: S101 - text is not empty
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    try:
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError as error:
        raise _unreadable(name, text) from error
    if moment is None:
        raise _unreadable(name, text)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _bbox(text: str) -> BBox | None:
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise _unreadable("bbox", text) from error
    numbers = (west, south, east, north)
    inside = abs(west) <= 180 and abs(east) <= 180 and abs(south) <= 90
    if not all(map(math.isfinite, numbers)) or not inside or not south <= north <= 90:
        raise _unreadable("bbox", text)
    return numbers


def _unreadable(name: str, value: str) -> InvalidInput:
    text = _("“%(value)s” cannot be read as “%(name)s”. Correct it or leave it out.")
    return InvalidInput(text % {"value": value[:60], "name": name}, field=name)
