"""How areas, stages and survey boxes are shown: labels from the pack, tones, icons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from safelane.core.facts.words import area_text
from safelane.core.review import stages
from safelane.core.scope.coarse import is_exact, published, shown_area
from safelane.countries import CountryPack
from safelane.hazards.facts import BOX_LISTS, FACT_LISTS
from safelane.hazards.models import HazardousArea, HazardPeriod
from safelane.organisations.packs import pack_of

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


def box_counts(results: Iterable[str], pack: CountryPack) -> list[tuple[str, int]]:
    """Return how many boxes have each result, in the order of the country's list."""
    found = Counter(results)
    listed = [code.code for code in pack.code_list(BOX_LISTS["result"]).codes]
    order = [*listed, *sorted(found.keys() - set(listed))]
    return [(code, found[code]) for code in order if found[code]]


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line of the register, at the reader's precision."""

    uid: str
    reference: str
    name: str
    kind: Mark
    status: Mark
    place: str
    area: str
    last_information: date | None
    organisation: str
    bounds: str
    is_exact: bool

    @property
    def further_names(self) -> list[str]:
        """Return name and place, without what stands in the reference or the other."""
        words = self.name.replace(self.reference, "").split()
        name = " ".join(w for w in words if not self.reference.endswith(f"-{w}"))
        if not name or self.place in name:
            return [name or self.place] if name or self.place else []
        return [name] if not self.place else [name, self.place]


def coded_mark(pack: CountryPack, name: str, code: str, *, short: bool = False) -> Mark:
    """Return type or status as a badge; ``short`` prefers SHA to its full name."""
    listed, (tone, icon) = FACT_LISTS[name], TONES[name].get(code, PLAIN)
    found = pack.code_of(listed, code) if short else None
    brief = str(found.data.get("short", "")) if found is not None else ""
    said = pack.label(listed, code) if code else _("not stated")
    return Mark(brief or said, tone, icon)


def stage_mark(stage: str) -> Mark:
    tone, icon = stages.TONES.get(stage, PLAIN)
    return Mark(str(stages.LABELS.get(stage, stage)), tone, icon)


def register_row(row: HazardousArea | HazardPeriod) -> RegisterRow:
    """Return a row of ``queries.register`` as one line."""
    area, facts = row.area, published(row)
    pack = pack_of(area.country)
    geometry = facts.get("geometry")
    return RegisterRow(
        uid=str(area.uid),
        reference=area.reference,
        name=facts.get("name", ""),
        kind=coded_mark(pack, "kind", row.kind, short=True),
        status=coded_mark(pack, "status", row.status),
        place=str(shown_area(row) or ""),
        area=area_text(facts.get("area_m2")),
        last_information=row.informed_on,
        organisation=str(area.organisation),
        bounds=",".join(f"{n:.6f}" for n in geometry.bounds) if geometry else "",
        is_exact=is_exact(row),
    )
