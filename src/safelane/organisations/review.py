"""What the review of reports needs of countries and organisations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import numpy as np
from django.db.models import Q
from shapely.geometry import Point

from safelane.core.history.models import Change
from safelane.core.review.kind import Programme
from safelane.organisations.granting import accounts_with
from safelane.organisations.models import Country
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import AreaFinder, area_at, organisations_in_reach


def areas_at(country: Country, points: Sequence[Point]) -> list[int | None]:
    """Return the key of the deepest admin area at each of many points, or None."""
    return AreaFinder(country).at(np.array(points, dtype=object))


def four_eyes(country: Country, verb: str) -> bool:
    """Say whether the author of a report may not approve it in a country.

    It begins when two people may approve such reports there: until then nobody else
    could. Those of one organisation or of one area count as well.

    Args:
        verb: That which approves such reports.
    """
    if not pack_of(country).parameter("four_eyes"):
        return False
    there = (
        Q(role__reach="all")
        | Q(role__reach="country", country=country)
        | Q(role__reach="organisation", organisation__country=country)
        | Q(role__reach="organisation", organisation__country=None)
    )
    return accounts_with([verb], today=True, where=there) >= 2


def imported_on(what: str) -> dict[int, datetime]:
    """Return country -> when its ``admin_areas`` or ``places`` were imported last.

    What was placed before may lie elsewhere by the areas and places of now.
    """
    keys = dict(Country.objects.values_list("code", "pk"))
    imports = Change.objects.filter(object_type="country", verb="area.import")
    return {
        keys[code]: moment
        for code, after, moment in imports.order_by("server_time", "seq").values_list(
            "object_id", "after", "server_time"
        )
        if code in keys and what in json.loads(after)
    }


PROGRAMME = Programme(
    pack_of=pack_of,
    area_at=area_at,
    areas_at=areas_at,
    in_reach=organisations_in_reach,
    placed_since=partial(imported_on, "admin_areas"),
    four_eyes=four_eyes,
)
