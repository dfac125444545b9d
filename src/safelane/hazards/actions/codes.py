"""Codes in reports must stand in the country pack's lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from safelane.core.review.errors import UnknownCode
from safelane.countries import CountryPack
from safelane.hazards.facts import (
    BOX_LISTS,
    EVIDENCE_LISTS,
    FACT_LISTS,
    ORDNANCE_LISTS,
    POINT_LISTS,
)
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardReport
from safelane.organisations.packs import pack_of


def check_codes(report: HazardReport, claims: ReportInput) -> None:
    """Raise for the first code that the pack does not know on the report's date.

    Raises:
        UnknownCode: Names the field, the code and the codes that are known.
    """
    pack = pack_of(report.country)
    day = claims.date_of_information
    for field, list_name, code in _used_codes(claims):
        known = known_codes(pack, list_name, day)
        if code not in known:
            raise UnknownCode(
                _("“%(code)s” is not a code for %(field)s. Known codes: %(known)s.")
                % {"code": code, "field": field, "known": ", ".join(sorted(known))},
                field=field,
            )


def known_codes(pack: CountryPack, list_name: str, day: date) -> frozenset[str]:
    """Return the codes of a list that are in force on a day."""
    return frozenset(code.code for code in pack.codes(list_name, day))


def _used_codes(claims: ReportInput) -> Iterator[tuple[str, str, str]]:
    for field, list_name in FACT_LISTS.items():
        value = claims.facts.get(field)
        for code in value if isinstance(value, (list, tuple)) else [value]:
            if code:
                yield field, list_name, str(code)
    groups = (
        (claims.evidence, EVIDENCE_LISTS),
        (claims.ordnance, ORDNANCE_LISTS),
        (claims.boxes, BOX_LISTS),
        (claims.points, POINT_LISTS),
    )
    for items, lists in groups:
        for item in items:
            for field, list_name in lists.items():
                if code := getattr(item, field):
                    yield field, list_name, str(code)
