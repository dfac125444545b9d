"""Accidents in files: a row tells of an accident, and of one person harmed in it.

No victim ever leaves in a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.accidents.actions import REPORTS, AccidentInput, VictimInput
from safelane.accidents.facts import IDENTITY_FIELDS, VICTIM_FACTS
from safelane.accidents.models import Accident, AccidentReport, Victim, VictimIdentity
from safelane.accidents.queries import RELATED, AccidentFilter, accidents
from safelane.core.errors import InvalidInput
from safelane.core.scope import Actor
from safelane.core.scope.precision import is_exact, published
from safelane.countries import CountryPack
from safelane.exchange.facts import beside, record_fields, target_fields
from safelane.exchange.imports.reports import GroupedIntake
from safelane.exchange.kinds import ExportKind, ImportKind
from safelane.exchange.mapping.model import Target
from safelane.exchange.writers import ExportField

VICTIM = "victim_"


def accident_target(pack: CountryPack) -> Target:
    """Return what can be imported of an accident in a country."""
    victim, sealed = _("Victim: %(fact)s"), _("Victim: %(fact)s (sealed)")
    named = ("reference", "date_of_information")
    fields = [
        *target_fields(AccidentReport, pack, named),
        *(f for f in target_fields(Accident, pack) if f.name not in named),
    ]
    for model, text in ((Victim, victim), (VictimIdentity, sealed)):
        fields += target_fields(model, pack, prefix=VICTIM, called=text)
    return Target("accidents", _("Accidents"), tuple(fields), "optional", pack.bounds)


def victim_of(row: Mapping[str, Any]) -> VictimInput | None:
    """Return the victim that a mapped row tells of; None when it tells of none."""
    said = {n.removeprefix(VICTIM): v for n, v in row.items() if n.startswith(VICTIM)}
    if not said:
        return None
    facts = {n: said[n] for n in VICTIM_FACTS if n in said}
    known = {n: str(said[n]) for n in IDENTITY_FIELDS if n in said}
    number = said.get("number", 0)
    return VictimInput(number=number, facts=facts, identity=known or None)


def claims_of(said: dict[str, Any], rows: Sequence[Mapping[str, Any]]) -> AccidentInput:
    """Return one report from the rows on an accident, with a victim per row."""
    return AccidentInput(**said, victims=tuple(filter(None, map(victim_of, rows))))


ACCIDENTS = ImportKind(
    name="accidents",
    label=gettext_lazy("Accidents and victims"),
    verb="accident.import",
    approve_verb="accident_report.approve",
    target=accident_target,
    intake=partial(GroupedIntake, kind=REPORTS, claims=claims_of),
    page="accidents:list",
    is_whole=True,
    moved=("accident-moved", "accident-victim-known"),
    reports=REPORTS,
    sealed=frozenset(VICTIM + name for name in IDENTITY_FIELDS),
)


def export_rows(actor: Actor, filters: AccidentFilter) -> QuerySet[Accident]:
    """Return the accidents that leave in a file."""
    if filters.is_past:
        raise InvalidInput(_("Only what is known now can be exported."), field="as_of")
    return accidents(actor, filters).select_related(*RELATED).order_by("pk")


def export_values(row: Accident) -> tuple[dict[str, Any], Any]:
    """Return an accident as it may be shown, and its place."""
    facts = published(row)
    shape = facts.pop("geometry", None)
    said: dict[str, Any] = {"uid": str(row.uid), "reference": row.reference}
    if is_exact(row):  # the day on which it was told lies close to the day itself
        said["date_of_information"] = row.last_information
    return said | beside(row) | facts, shape


EXPORT = ExportKind(
    name="accidents",
    label=gettext_lazy("Accidents (never victims)"),
    verb="accident.export",
    family="point",
    fields=(
        *record_fields(Accident),
        ExportField("occurred_year", gettext_lazy("Year of the accident"), "integer"),
    ),
    lists=REPORTS.lists,
    parse=AccidentFilter.parse,
    rows=export_rows,
    values=export_values,
    home=lambda row: row.country,
)
