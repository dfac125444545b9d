"""Age groups and the derived disability flag: pure.

The flag follows the Washington Group Short Set: a person counts as having a disability
when at least one of the six answers is "a lot of difficulty" or "cannot do at all".
Children under five need the Group's child module and are not classed.
"""

from __future__ import annotations

from collections.abc import Mapping

from safelane.accidents.choices import UNKNOWN
from safelane.countries import CountryPack

SEVERE_DEGREE = 2


def has_disability(
    answers: Mapping[str, str], age: int | None, pack: CountryPack
) -> bool | None:
    """Return the derived flag; None when it cannot be told.

    Args:
        answers: Question code -> answer code; unanswered questions are missing.
        age: Years at the accident, None when not known.
    """
    youngest = pack.parameter("disability_minimum_age")
    if not answers or (age is not None and age < youngest):
        return None
    degrees = [_degree(answer, pack) for answer in answers.values()]
    if any(degree >= SEVERE_DEGREE for degree in degrees):
        return True
    asked = {code.code for code in pack.code_list("wgss_question").codes}
    return False if asked <= answers.keys() else None


def _degree(answer: str, pack: CountryPack) -> int:
    code = pack.code_of("wgss_answer", answer)
    return -1 if code is None else int(code.data.get("degree", -1))


def age_group_of(age: int | None, pack: CountryPack) -> str:
    """Return the code of the age group, or ``unknown``."""
    if age is None:
        return UNKNOWN
    for code in pack.code_list("age_group").codes:
        begin = code.data.get("from_age")
        if begin is not None and begin <= age <= code.data.get("to_age", age):
            return code.code
    return UNKNOWN
