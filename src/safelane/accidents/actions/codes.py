"""Codes in accident reports must stand in the country pack's lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from safelane.accidents.choices import FACT_LISTS, VICTIM_LISTS
from safelane.accidents.inputs import AccidentInput, VictimInput
from safelane.core.review.errors import UnknownCode
from safelane.countries import CountryPack


def check_codes(pack: CountryPack, claims: AccidentInput) -> None:
    """Raise for the first code that the pack does not know on the report's date.

    Raises:
        UnknownCode: Names the field, the code and the codes that are known.
    """
    known: dict[str, frozenset[str]] = {}
    for field, list_name, code in _used_codes(claims):
        if list_name not in known:
            known[list_name] = _codes(pack, list_name, claims.date_of_information)
        if code not in known[list_name]:
            raise UnknownCode(
                _("“%(code)s” is not a code for %(field)s. Known codes: %(known)s.")
                % {
                    "code": code,
                    "field": field,
                    "known": ", ".join(sorted(known[list_name])),
                },
                field=field,
            )


def _codes(pack: CountryPack, list_name: str, day: date) -> frozenset[str]:
    return frozenset(code.code for code in pack.codes(list_name, day))


def _used_codes(claims: AccidentInput) -> Iterator[tuple[str, str, str]]:
    for field, list_name in FACT_LISTS.items():
        if code := claims.facts.get(field):
            yield field, list_name, str(code)
    for victim in claims.victims:
        yield from _victim_codes(victim)


def _victim_codes(victim: VictimInput) -> Iterator[tuple[str, str, str]]:
    for field, list_name in VICTIM_LISTS.items():
        if code := getattr(victim, field):
            yield field, list_name, code
    for question, answer in victim.wgss.items():
        yield "wgss", "wgss_question", question
        yield "wgss", "wgss_answer", answer
    for code in victim.injuries:
        yield "injuries", "injury", code
