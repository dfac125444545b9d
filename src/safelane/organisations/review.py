"""What the review of reports needs of countries and organisations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
from shapely.geometry import Point

from safelane.core.history.models import Change
from safelane.core.history.queries import told_facts
from safelane.core.review.kind import Programme
from safelane.organisations.granting import memberships_with
from safelane.organisations.models import Country
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import AreaFinder, area_at, organisations_in_reach


def areas_at(country: Country, points: Sequence[Point]) -> list[int | None]:
    """Return the key of the deepest admin area at each of many points, or None."""
    return AreaFinder(country).at(np.array(points, dtype=object))


def for_other_eyes(
    reports: Mapping[Any, Collection[str]], verb: str, author: int
) -> set[int]:
    """Return the keys of those reports which their author may not approve.

    Where the pack wants four eyes, they are all that somebody else could ever approve.
    Once there was one it stays so: ending the other's role does not let one person
    approve alone.

    Args:
        reports: Each with the paths of the admin areas for which it matters.
        verb: That which approves such reports.
        author: Key of the account.
    """
    others = memberships_with([verb]).exclude(user=author)
    names = "role__reach", "country", "organisation", "area__path"
    opened = set(others.values_list(*names))
    return {
        report.pk
        for report, paths in reports.items()
        if pack_of(report.country).parameter("four_eyes")
        and any(_reaches(report, paths, *one) for one in opened)
    }


def _reaches(
    report: Any,
    paths: Collection[str],
    reach: str,
    country: int | None,
    organisation: int,
    area: str | None,
) -> bool:
    """Say whether a role opens a report: by its reach, and within its area."""
    here = {
        "all": True,
        "country": report.country_id == country,
        "organisation": report.organisation_id == organisation,
    }
    is_within = any(path.startswith(area or "") for path in paths)
    return here.get(reach, False) and is_within


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
        if code in keys and what in told_facts(after)
    }


PROGRAMME = Programme(
    pack_of=pack_of,
    area_at=area_at,
    areas_at=areas_at,
    in_reach=organisations_in_reach,
    placed_since=partial(imported_on, "admin_areas"),
    for_other_eyes=for_other_eyes,
)
