"""What the review of reports needs of countries and organisations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import numpy as np
from shapely.geometry import Point

from safelane.core.domain import house
from safelane.core.history.models import Change
from safelane.core.review.kind import Programme
from safelane.organisations.granting import accounts_with
from safelane.organisations.models import Country
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import AreaFinder, area_at, organisations_in_reach


def areas_at(country: Country, points: Sequence[Point]) -> list[int | None]:
    """Return the key of the deepest admin area at each of many points, or None."""
    return AreaFinder(country).at(np.array(points, dtype=object))


def four_eyes(country: Country) -> bool:
    """Say whether the author of a report may not approve it in a country.

    It begins when two people of the installation may approve reports: until then
    nobody else could.
    """
    return bool(pack_of(country).parameter("four_eyes")) and two_may_approve()


def two_may_approve() -> bool:
    """Say whether two people can approve reports today."""
    verbs = [f"{n}.approve" for part in house().parts for n in part.reports]
    return accounts_with(verbs, today=True) >= 2


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
