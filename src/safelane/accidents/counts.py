"""Counts of people killed or injured by two features, small numbers hidden.

Who reads victims counts them as they are now; everybody else sees what was published.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.accidents.choices import HARMED
from safelane.accidents.errors import NothingPublished
from safelane.accidents.models import PublishedCounts, Victim
from safelane.accidents.policies import CountPolicy, VictimPolicy
from safelane.core.counts.tables import (
    Counted,
    CrossTable,
    Feature,
    counted,
    in_words,
    people_moved,
)
from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.scope import Actor
from safelane.countries import CountryPack
from safelane.organisations.models import AdminArea, Country
from safelane.organisations.packs import pack_of


def _disability(flag: Any) -> str:
    return {True: "yes", False: "no"}.get(flag, "unknown")


def _province(path: Any) -> str:
    """Return the key of the first admin area of a path."""
    return str(path or "/").strip("/").partition("/")[0]


def _names(keys: Iterable[str]) -> dict[str, str]:
    return {str(a.pk): str(a) for a in AdminArea.objects.filter(pk__in=list(keys))}


FEATURES = {
    feature.name: feature
    for feature in (
        Feature("sex", gettext_lazy("Sex"), "sex", "sex"),
        Feature("age_group", gettext_lazy("Age group"), "age_group", "age_group"),
        Feature(
            "disability", gettext_lazy("Disability"), "has_disability", "disability",
            _disability,
        ),
        Feature("outcome", gettext_lazy("Outcome"), "outcome", "victim_outcome"),
        Feature("activity", gettext_lazy("Activity"), "activity", "activity"),
        Feature("status", gettext_lazy("Who"), "status", "victim_status"),
        Feature(
            "kind", gettext_lazy("Type of accident"), "accident__kind", "accident_kind"
        ),
        Feature("year", gettext_lazy("Year"), "accident__occurred_on__year"),
        Feature(
            "province", gettext_lazy("Province or region"), "admin_area__path",
            key=_province, words=_names,
        ),
    )
}  # fmt: skip
# What somebody without access to victims may ask for: one table per question, so that
# tables cannot be laid over each other at will.
PUBLIC_TABLES = (
    ("year", "outcome"),
    ("age_group", "sex"),
    ("province", "outcome"),
    ("kind", "outcome"),
)


def tables_for(actor: Actor, country: Country) -> tuple[tuple[str, str], ...]:
    """Return the (row, column) pairs that the actor may ask for in a country."""
    if not may_combine(actor, country):
        return PUBLIC_TABLES
    return tuple((one, other) for one in FEATURES for other in FEATURES if one != other)


def may_combine(actor: Actor, country: Country) -> bool:
    """Say whether the actor reads the country's victims, and so may count them live."""
    return actor.is_system or any(
        grant.reach == "all"
        or (grant.reach == "country" and grant.country_id == country.pk)
        for grant in actor.grants_for("victim.view")
    )


def cross_table(actor: Actor, country: Country, row: str, column: str) -> CrossTable:
    """Count people killed or injured in approved reports by two features.

    Who reads the country's victims gets the count of now, as far as his roles reach;
    everybody else the newest publication. Small cells are hidden for everybody: a
    printed table has no reader's role.

    Raises:
        NotPermitted, SignInNeeded: The actor may not see this country's statistics.
        InvalidInput: The pair is not one that the actor may ask for.
        NothingPublished: Nothing has been published for this country yet.
    """
    actor.require("statistics.view")
    if not countries_for(actor).filter(pk=country.pk).exists():
        raise NotPermitted(
            _("“%(country)s” is outside the scope of your roles.")
            % {"country": country}
        )
    if (row, column) not in tables_for(actor, country):
        raise InvalidInput(
            _("There is no table “%(row)s” by “%(column)s” for your roles.")
            % {"row": row, "column": column},
            field="row",
        )
    pack, features = pack_of(country), (FEATURES[row], FEATURES[column])
    if may_combine(actor, country):
        rows = _harmed(country).filter(CountPolicy.rows(actor, "view"))
        rows = rows.filter(VictimPolicy.rows(actor, "view"))
        return in_words(_counted(rows, row, column, pack), *features, pack)
    newest = PublishedCounts.objects.filter(country=country).first()
    if newest is None:
        raise NothingPublished(
            _("No counts have been published for %(country)s yet.")
            % {"country": country}
        )
    found = Counted.from_json(newest.tables[f"{row}-{column}"])
    table = in_words(found, *features, pack)
    return replace(table, published_on=newest.due_on, cut_off=newest.cut_off)


def countries_for(actor: Actor) -> QuerySet[Country]:
    """Return the countries whose victims the actor may see counted."""
    rows = Country.objects.order_by("name")
    grants = actor.grants_for("statistics.view")
    if actor.is_system or any(grant.reach == "all" for grant in grants):
        return rows
    whole = [g.country_id for g in grants if g.reach == "country" and g.country_id]
    return rows.filter(pk__in=whole)


def tables_up_to(country: Country, cut_off: date) -> dict[str, Counted] | None:
    """Return the tables that everybody may see next, of accidents up to a day.

    None while fewer people than the smallest number shown came or went since the newest
    publication: what changed would tell of them.
    """
    day = Coalesce("accident__occurred_on", "accident__first_information")
    rows = _harmed(country).annotate(day=day).filter(day__lte=cut_off)
    published = PublishedCounts.objects.filter(country=country)  # newest first
    pack, found = pack_of(country), {}
    for row, column in PUBLIC_TABLES:
        name = f"{row}-{column}"
        earlier = [Counted.from_json(counts.tables[name]) for counts in published]
        table = found[name] = _counted(rows, row, column, pack, earlier)
        if earlier and 0 < people_moved(table, earlier[0]) < table.minimum:
            return None
    return found


def _harmed(country: Country) -> QuerySet[Victim]:
    """Return the victims that count: current, harmed, of accidents that stand."""
    return Victim.objects.filter(
        country=country,
        is_current=True,
        outcome__in=HARMED,
        accident__is_withdrawn=False,
    )


def _counted(
    rows: QuerySet[Victim],
    row: str,
    column: str,
    pack: CountryPack,
    earlier: Sequence[Counted] = (),
) -> Counted:
    minimum = int(pack.parameter("small_cell_minimum"))
    return counted(rows, FEATURES[row], FEATURES[column], pack, minimum, earlier)
