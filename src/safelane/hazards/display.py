"""How facts, stages and findings are shown: labels from the pack, tones and icons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.review import stages
from safelane.core.scope import Precision
from safelane.core.scope.coarse import shown_area
from safelane.countries import CountryPack
from safelane.hazards.choices import (
    GEOMETRY_DRAWN,
    GEOMETRY_FILE,
    GEOMETRY_TRAVERSE,
    GEOMETRY_TYPED,
)
from safelane.hazards.facts import BOX_LISTS, FACT_LISTS
from safelane.hazards.models import (
    HazardousArea,
    HazardPeriod,
    HazardReport,
)
from safelane.hazards.queries import published
from safelane.organisations import packs

HECTARE_M2 = 10_000
KIND_TONES = {"cha": ("danger", "alert-triangle"), "sha": ("warning", "help")}
STATUS_TONES = {
    "open": ("danger", "flag"),
    "worked_on": ("warning", "progress"),
    "closed": ("success", "circle-check"),
    "released": ("success", "checks"),
    "suspended": ("secondary", "player-stop"),
}
STAGE_TONES = {
    stages.DRAFT: ("secondary", "pencil"),
    stages.SUBMITTED: ("info", "send"),
    stages.OPERATOR_CHECKED: ("info", "check"),
    stages.OPERATIONS_CHECKED: ("info", "checks"),
    stages.APPROVED: ("success", "circle-check"),
    stages.REJECTED: ("danger", "arrow-back-up"),
    stages.WITHDRAWN: ("secondary", "x"),
}
METHOD_LABELS = {
    GEOMETRY_DRAWN: gettext_lazy("drawn on the map"),
    GEOMETRY_TYPED: gettext_lazy("typed coordinates"),
    GEOMETRY_TRAVERSE: gettext_lazy("bearings and distances"),
    GEOMETRY_FILE: gettext_lazy("file"),
}
PLAIN = ("secondary", "")
NOT_SHOWN = frozenset({"geometry", "extra"})


@dataclass(frozen=True, slots=True)
class Mark:
    """A coded value as a badge: words, tone and icon."""

    label: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class BoxCount:
    """How many survey boxes have one result."""

    result: str
    count: int


def box_counts(results: Iterable[str], pack: CountryPack) -> list[BoxCount]:
    """Return the results that occur, in the order of the country's list."""
    found = Counter(results)
    listed = [code.code for code in pack.code_list(BOX_LISTS["result"]).codes]
    order = [*listed, *sorted(found.keys() - set(listed))]
    return [BoxCount(code, found[code]) for code in order if found[code]]


@dataclass(frozen=True, slots=True)
class ShownFact:
    """One fact in words; ``before`` is set where a report changes it."""

    name: str
    label: str
    value: str
    before: str = ""

    @property
    def is_changed(self) -> bool:
        return self.value != self.before


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


def area_text(square_metres: float | None) -> str:
    """Return an area in hectares from one hectare on, else in square metres."""
    if square_metres is None:
        return ""
    if square_metres >= HECTARE_M2:
        hectares = number_format(square_metres / HECTARE_M2, 2, use_l10n=True)
        return _("%(number)s ha") % {"number": hectares}
    whole = number_format(round(square_metres), 0, use_l10n=True, force_grouping=True)
    return _("%(number)s m²") % {"number": whole}


def kind_mark(pack: CountryPack, code: str, *, short: bool = False) -> Mark:
    """Return the type of an area as a badge; ``short`` prefers SHA to its full name."""
    tone, icon = KIND_TONES.get(code, PLAIN)
    found = pack.code_of(FACT_LISTS["kind"], code) if short else None
    brief = str(found.data.get("short", "")) if found is not None else ""
    return Mark(brief or _label(pack, "kind", code), tone, icon)


def status_mark(pack: CountryPack, code: str) -> Mark:
    tone, icon = STATUS_TONES.get(code, PLAIN)
    return Mark(_label(pack, "status", code), tone, icon)


def stage_mark(stage: str) -> Mark:
    tone, icon = STAGE_TONES.get(stage, PLAIN)
    return Mark(str(stages.LABELS.get(stage, stage)), tone, icon)


def _label(pack: CountryPack, name: str, code: str) -> str:
    return pack.label(FACT_LISTS[name], code) if code else _("not stated")


def pack_of(row: HazardousArea | HazardPeriod | HazardReport) -> CountryPack:
    """Return the country pack of a row."""
    area = row.hazard if isinstance(row, HazardPeriod) else row
    return packs.pack_of(area.country)


def register_row(row: HazardousArea | HazardPeriod) -> RegisterRow:
    """Return a row of ``queries.register`` as one line."""
    area = row.hazard if isinstance(row, HazardPeriod) else row
    facts, pack = published(row), pack_of(row)
    geometry = facts.get("geometry")
    last = row.valid_from if isinstance(row, HazardPeriod) else row.last_information
    return RegisterRow(
        uid=str(area.uid),
        reference=area.reference,
        name=facts.get("name", ""),
        kind=kind_mark(pack, row.kind, short=True),
        status=status_mark(pack, row.status),
        place=str(shown_area(row) or ""),
        area=area_text(facts.get("area_m2")),
        last_information=last,
        organisation=str(area.organisation),
        bounds=",".join(f"{n:.6f}" for n in geometry.bounds) if geometry else "",
        is_exact=int(row.precision) == Precision.EXACT,  # type: ignore[union-attr]
    )


def fact_text(name: str, value: Any, pack: CountryPack) -> str:
    """Return one fact in words: codes by their label, areas with their unit."""
    if value in (None, "", [], {}):
        return ""
    if name in FACT_LISTS:
        codes = value if isinstance(value, list | tuple) else [value]
        return ", ".join(pack.label(FACT_LISTS[name], str(code)) for code in codes)
    if name == "geometry_method":
        return str(METHOD_LABELS.get(value, value))
    if name in ("area_m2", "stated_area_m2"):
        return area_text(float(value))
    return str(value)


def fact_label(name: str) -> str:
    """Return the name of a fact, as the model says it, to stand by itself."""
    if name == "area_m2":
        return _("Area from the polygon")
    field: Any = HazardReport._meta.get_field(name)
    return capfirst(str(field.verbose_name))


def shown_facts(facts: Mapping[str, Any], pack: CountryPack) -> list[ShownFact]:
    """Return stated facts in words, in the order of the model."""
    return [
        ShownFact(name, fact_label(name), fact_text(name, value, pack))
        for name, value in facts.items()
        if name not in NOT_SHOWN
    ]


def changed_facts(
    before: Mapping[str, Any], after: Mapping[str, Any], pack: CountryPack
) -> list[ShownFact]:
    """Return what a report states, each with what was held before."""
    shown = []
    for fact in shown_facts(after, pack):
        was = fact_text(fact.name, before.get(fact.name), pack)
        shown.append(ShownFact(fact.name, fact.label, fact.value, was))
    return shown


def finding_places(findings: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the findings that have a place, for the map's fault markers."""
    places = []
    for finding in findings:
        where = finding.get("where")
        if isinstance(where, Sequence) and not isinstance(where, str):
            lon, lat = where
            message = str(finding.get("message", ""))
            places.append({"lon": lon, "lat": lat, "message": message})
    return places
