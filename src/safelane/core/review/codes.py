"""Codes in reports must stand in the country pack's lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from safelane.core.review.errors import UnknownCode
from safelane.core.review.kind import C, Code, Pack, R, ReportKind


def check_codes(kind: ReportKind[R, C], pack: Pack, claims: C) -> None:
    """Raise for the first code that the pack does not know on the report's date.

    Raises:
        UnknownCode: Names the field, the code and the codes that are known.
    """
    known: dict[str, frozenset[str]] = {}
    for field, name, code in _used(kind, claims):
        if name not in known:
            known[name] = known_codes(pack, name, claims.date_of_information)
        if code not in known[name]:
            listed = ", ".join(sorted(known[name]))
            raise UnknownCode(
                _("“%(code)s” is not a code for %(field)s. Known codes: %(known)s.")
                % {"code": code, "field": field, "known": listed},
                field=field,
            )


def known_codes(pack: Pack, name: str, day: date) -> frozenset[str]:
    """Return the codes of a list that are in force on a day."""
    return frozenset(code.code for code in pack.codes(name, day))


def _used(kind: ReportKind[R, C], claims: C) -> Iterator[Code]:
    for field, name in kind.lists.items():
        value = claims.facts.get(field)
        for code in value if isinstance(value, list | tuple) else [value]:
            if code:
                yield field, name, str(code)
    yield from kind.codes_beside(claims)
