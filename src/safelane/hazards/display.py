"""How areas, stages and survey boxes are shown: labels from the pack, tones, icons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from safelane.core.facts.words import about, area_text
from safelane.countries import CountryPack
from safelane.hazards.facts import FACT_LISTS
from safelane.hazards.maps import BOX_LIST

TONES = {
    "kind": {"cha": ("danger", "alert-triangle"), "sha": ("warning", "help")},
    "status": {
        "open": ("danger", "flag"),
        "worked_on": ("warning", "progress"),
        "closed": ("success", "circle-check"),
        "released": ("success", "checks"),
        "suspended": ("secondary", "player-stop"),
    },
}
PLAIN = ("secondary", "")


@dataclass(frozen=True, slots=True)
class Mark:
    """A coded value as a badge: words, tone and icon."""

    label: str
    tone: str
    icon: str


def size_text(facts: Mapping[str, Any], *, exact: bool, placed: bool) -> str:
    """Return the size of an area in words: measured, else as stated; what it lacks.

    Args:
        facts: What its reader sees of it.
        placed: A place that is known is shown, if only roughly.
    """
    if size := area_text(facts.get("area_m2")):
        return about(size, exact=exact)
    stated = about(area_text(facts.get("stated_area_m2")), exact=exact)
    if not placed:  # it is hidden, whether it is known or not
        return _("%(size)s as stated") % {"size": stated} if stated else ""
    if facts.get("geometry") is None:
        said = _("%(size)s as stated, no position") % {"size": stated}
        return said if stated else _("no position")
    said = _("%(size)s as stated, no outline") % {"size": stated}
    return said if stated else _("no outline")


def box_counts(results: Iterable[str], pack: CountryPack) -> list[tuple[str, int]]:
    """Return how many boxes have each result, in the order of the country's list."""
    found = Counter(results)
    listed = [code.code for code in pack.code_list(BOX_LIST).codes]
    order = [*listed, *sorted(found.keys() - set(listed))]
    return [(code, found[code]) for code in order if found[code]]


def coded_mark(pack: CountryPack, name: str, code: str, *, short: bool = False) -> Mark:
    """Return type or status as a badge; ``short`` prefers SHA to its full name."""
    listed, (tone, icon) = FACT_LISTS[name], TONES[name].get(code, PLAIN)
    found = pack.code_of(listed, code) if short else None
    brief = str(found.data.get("short", "")) if found is not None else ""
    said = pack.label(listed, code) if code else _("not stated")
    return Mark(brief or said, tone, icon)
