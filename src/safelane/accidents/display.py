"""How accidents and victims are shown: labels from the pack, at the row's precision."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from safelane.accidents.facts import VICTIM_FACTS
from safelane.accidents.models import Accident, Victim
from safelane.accidents.queries import is_exact, published
from safelane.core.facts import facts_of
from safelane.core.facts.words import ShownFact, day_text, shown_facts
from safelane.core.scope.coarse import shown_area
from safelane.core.scope.coarse import shown_facts as shown_to
from safelane.countries import CountryPack
from safelane.organisations.packs import pack_of


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
    facts: list[ShownFact]
    injuries: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    disability: str


def line(row: Accident) -> AccidentLine:
    """Return a row of ``queries.accidents`` as one line."""
    pack, facts = pack_of(row.country), published(row)
    return AccidentLine(
        uid=str(row.uid),
        reference=row.reference,
        when=day_text(facts.get("occurred_on") or facts.get("occurred_year")),
        kind=pack.label("accident_kind", row.kind) if row.kind else "",
        place=place_name(row),
        organisation=str(row.organisation),
        is_exact=is_exact(row),
    )


def place_name(row: Accident) -> str:
    """Return the admin area as deep as the row's precision allows."""
    return str(shown_area(row) or "")


def nearest(row: Accident) -> str:
    """Return the nearest place in words; empty on rows that are not exact."""
    if not is_exact(row) or row.nearest_place is None:
        return ""
    return _("%(metres)s m from %(place)s, bearing %(bearing)s°") % {
        "metres": round(row.nearest_place_m or 0),
        "place": row.nearest_place,
        "bearing": round(row.nearest_place_bearing or 0),
    }


def shown_victim(victim: Victim, pack: CountryPack) -> ShownVictim:
    """Return a victim of ``queries.victims_of`` in words."""
    exact, facts = is_exact(victim), facts_of(Victim)
    said = {name: getattr(victim, name) for name in VICTIM_FACTS}
    stated = {name: value for name, value in said.items() if value not in (None, "")}
    shown = shown_to(stated, facts, int(victim.precision))  # type: ignore[attr-defined]
    flag = {True: "yes", False: "no"}.get(victim.has_disability, "unknown")  # type: ignore[arg-type]
    return ShownVictim(
        uid=str(victim.uid),
        number=victim.number,
        facts=shown_facts(facts, shown, pack),
        injuries=tuple(
            pack.label("injury", code) for code in (victim.injuries if exact else ())
        ),
        answers=tuple(
            (pack.label("wgss_question", q), pack.label("wgss_answer", a))
            for q, a in (victim.wgss.items() if exact else ())
        ),
        disability=pack.label("disability", flag) if exact else "",
    )
