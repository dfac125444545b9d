"""Literals of requests as values of a collection's properties."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from safelane.core.collections.catalogue import CollectionField
from safelane.core.errors import SafelaneError
from safelane.core.scope.precision import EXACTLY, shown_number


class BadParameter(SafelaneError):
    """A parameter of the request is unknown or has a value that cannot be used."""

    http_status: ClassVar[int] = 400
    code: ClassVar[str] = "invalid-parameter"


def bad_value(name: str, value: object) -> BadParameter:
    """Return the fault that ``value`` cannot be used as parameter ``name``."""
    return BadParameter(
        _("“%(value)s” cannot be used as %(name)s.")
        % {"value": str(value)[:80], "name": name}
    )


def moment(text: str, edge: time) -> datetime:
    """Read RFC 3339; a bare date stands for its first or last moment, in UTC.

    Raises:
        BadParameter: It is neither.
    """
    try:
        bare = text.removesuffix("T")  # GDAL writes a day with an empty time
        if len(bare) == 10 and (day := parse_date(bare)):
            return datetime.combine(day, edge, tzinfo=UTC)
        found = parse_datetime(text.replace(" ", "+"))
        if found is None:
            raise bad_value("datetime", text)
        return in_utc(found)
    except (ValueError, OverflowError) as error:
        raise bad_value("datetime", text) from error


def in_utc(moment: datetime) -> datetime:
    """Return a moment in UTC; without a zone it is meant so.

    Raises:
        OverflowError: It lies before the first year there, or after the last.
    """
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def compared(item: CollectionField, lookup: str, value: Any, *, exact: bool) -> Q:
    """Return a comparison of a property as it is shown.

    What is hidden on a row is as if it had no value there.

    Args:
        exact: Whether all rows may be shown exactly.
    """
    path = item.condition_path
    condition = Q(**{f"{path}__{lookup}": value})
    if exact or item.coarse == "show":
        return condition
    if item.coarse == "round":
        return shown_number(path, lookup, value)
    if lookup == "isnull" and value:
        return condition | ~EXACTLY
    return condition & EXACTLY


def typed(value: Any, item: CollectionField) -> Any:
    """Return a literal as the type of ``item``.

    Raises:
        BadParameter: It does not fit.
    """
    try:
        return _TYPES[item.type](value)
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise bad_value(item.name, value) from error


def _boolean(value: Any) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[str(value).lower()]


def _integer(value: Any) -> int:
    number = float(value)
    if number != int(number) or abs(number) > 2**53:
        raise ValueError(value)
    return int(number)


def _number(value: Any) -> float:
    number = float(value)
    if not abs(number) < 1e300:
        raise ValueError(value)
    return number


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    return value


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = parse_date(str(value)[:10])
    if found is None:
        raise ValueError(value)
    return found


def _instant(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return moment(str(value), time.min)


_TYPES: dict[str, Any] = {
    "string": _text,
    "array": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _day,
    "date-time": _instant,
}
