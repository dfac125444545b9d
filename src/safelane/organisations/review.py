"""What the review of reports needs of countries and organisations."""

from __future__ import annotations

from safelane.core.review.kind import House
from safelane.organisations.models import Country
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import area_at, organisations_in_reach


def four_eyes(country: Country) -> bool:
    """Say whether the author of a report may not approve it in a country."""
    return bool(pack_of(country).parameter("four_eyes"))


HOUSE = House(
    pack_of=pack_of,
    area_at=area_at,
    in_reach=organisations_in_reach,
    four_eyes=four_eyes,
)
