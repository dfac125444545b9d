"""How accidents and victims are shown: labels from the pack, at the row's precision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from safelane.accidents.facts import FACT_LISTS, VICTIM_FACTS, VICTIM_LISTS
from safelane.accidents.models import Accident, AccidentReport, Victim
from safelane.accidents.queries import is_exact, published
from safelane.core.review import stages
from safelane.core.scope import Precision
from safelane.countries import CountryPack
from safelane.organisations.models import AdminArea
from safelane.organisations.packs import pack_of

DISTRICT_LEVEL = 2
NOT_SHOWN = frozenset({"geometry"})
STAGE_TONES = {
    stages.APPROVED: ("success", "circle-check"),
    stages.REJECTED: ("danger", "arrow-back-up"),
    stages.DRAFT: ("secondary", "pencil"),
    stages.WITHDRAWN: ("secondary", "x"),
}


@dataclass(frozen=True, slots=True)
class ShownFact:
    """One fact in words."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class AccidentLine:
    """One line of the list, at the reader's precision."""

    uid: str
    reference: str
    when: str
    kind: str
    place: str
    organisation: str
    is_exact: bool


@dataclass(frozen=True, slots=True)
class ShownVictim:
    """One victim without identity; ``injuries`` and ``answers`` only on exact rows."""

    uid: str
    number: int
    facts: tuple[ShownFact, ...]
    injuries: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    disability: str


def line(row: Accident) -> AccidentLine:
    """Return a row of ``queries.accidents`` as one line."""
    pack, facts = pack_of(row.country), published(row)
    day = facts.get("occurred_on") or facts.get("occurred_year")
    return AccidentLine(
        uid=str(row.uid),
        reference=row.reference,
        when=_day_text(day),
        kind=pack.label("accident_kind", row.kind) if row.kind else "",
        place=place_name(row),
        organisation=str(row.organisation),
        is_exact=is_exact(row),
    )


def _day_text(day: Any) -> str:
    if isinstance(day, date):
        return date_format(day, "SHORT_DATE_FORMAT")
    return "" if day is None else str(day)


def place_name(row: Accident) -> str:
    """Return the admin area as deep as the row's precision allows."""
    area = row.admin_area
    if area is None or int(row.precision) == Precision.NONE:  # type: ignore[attr-defined]
        return ""
    while not is_exact(row) and area.level > DISTRICT_LEVEL and area.parent is not None:
        area = area.parent
    return str(area)


def nearest(row: Accident) -> str:
    """Return the nearest place in words; empty on rows that are not exact."""
    if not is_exact(row) or row.nearest_place is None:
        return ""
    return _("%(metres)s m from %(place)s, bearing %(bearing)s°") % {
        "metres": round(row.nearest_place_m or 0),
        "place": row.nearest_place,
        "bearing": round(row.nearest_place_bearing or 0),
    }


def shown_facts(facts: Mapping[str, Any], pack: CountryPack) -> list[ShownFact]:
    """Return stated facts in words."""
    return [
        ShownFact(name, fact_label(name), _in_words(name, value, FACT_LISTS, pack))
        for name, value in facts.items()
        if name not in NOT_SHOWN
    ]


def fact_label(name: str) -> str:
    """Return the name of a fact as the model says it."""
    if name == "occurred_year":
        return _("year of the accident")
    return str(AccidentReport._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _in_words(
    name: str, value: Any, lists: Mapping[str, str], pack: CountryPack
) -> str:
    return pack.label(lists[name], str(value)) if name in lists else _day_text(value)


def shown_victim(victim: Victim, pack: CountryPack) -> ShownVictim:
    """Return a victim of ``queries.victims_of`` in words."""
    exact = is_exact(victim)
    facts = tuple(
        ShownFact(
            name,
            str(Victim._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
            _in_words(name, value, VICTIM_LISTS, pack),
        )
        for name in VICTIM_FACTS
        if (value := getattr(victim, name)) not in (None, "")
    )
    answers = victim.wgss if exact else {}
    flag = {True: "yes", False: "no"}.get(victim.has_disability, "unknown")  # type: ignore[arg-type]
    return ShownVictim(
        uid=str(victim.uid),
        number=victim.number,
        facts=facts,
        injuries=tuple(
            pack.label("injury", code) for code in (victim.injuries if exact else ())
        ),
        answers=tuple(
            (pack.label("wgss_question", q), pack.label("wgss_answer", a))
            for q, a in answers.items()
        ),
        disability=pack.label("disability", flag),
    )


def path_names(area: AdminArea | None) -> str:
    """Return the names from the top down to an admin area."""
    names: list[str] = []
    while area is not None:
        names.insert(0, str(area))
        area = area.parent
    return ", ".join(names)
