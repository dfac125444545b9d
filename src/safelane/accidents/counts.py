"""Counts of people killed or injured by two features, small numbers hidden.

Who reads victims counts them as they are now; everybody else sees what was published.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from safelane.accidents.facts import HARMED
from safelane.accidents.models import PublishedCounts, Victim
from safelane.accidents.policies import CountPolicy, VictimPolicy
from safelane.core.counts.published import Publication
from safelane.core.counts.tables import Counted, CrossTable, Feature
from safelane.core.errors import InvalidInput, NotFound, NotPermitted
from safelane.core.scope import Actor
from safelane.organisations.models import AdminArea, Country
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import countries_reached


class NothingPublished(NotFound):
    """No counts have been published for this country yet."""


def disability_code(flag: Any) -> str:
    """Return the code of the derived flag."""
    return {True: "yes", False: "no"}.get(flag, "unknown")


def _province(path: Any) -> str:
    """Return the key of the first admin area of a path."""
    return str(path or "/").strip("/").partition("/")[0]


def _names(keys: Iterable[str]) -> dict[str, str]:
    return {str(a.pk): str(a) for a in AdminArea.objects.filter(pk__in=list(keys))}


FEATURES = {feature.name: feature for feature in (
    Feature("sex", _("Sex"), "sex", "sex"),
    Feature("age_group", _("Age group"), "age_group", "age_group"),
    Feature(
        "disability", _("Disability"), "has_disability", "disability", disability_code
    ),
    Feature("outcome", _("Outcome"), "outcome", "victim_outcome"),
    Feature("activity", _("Activity"), "activity", "activity"),
    Feature("status", _("Who"), "status", "victim_status"),
    Feature("kind", _("Type of accident"), "accident__kind", "accident_kind"),
    Feature("year", _("Year"), "accident__occurred_on__year"),
    Feature(
        "province", _("Province or region"), "admin_area__path",
        key=_province, words=_names,
    ),
)}  # fmt: skip
# What somebody without access to victims may ask for.
PUBLIC_TABLES = (
    ("year", "outcome"),
    ("age_group", "sex"),
    ("province", "outcome"),
    ("kind", "outcome"),
)
PUBLICATION = Publication(PublishedCounts, FEATURES, PUBLIC_TABLES)


def tables_for(actor: Actor, country: Country) -> tuple[tuple[str, str], ...]:
    """Return the (row, column) pairs that the actor may ask for in a country."""
    if not may_combine(actor, country):
        return PUBLIC_TABLES
    return tuple((one, other) for one in FEATURES for other in FEATURES if one != other)


def may_combine(actor: Actor, country: Country) -> bool:
    """Say whether the actor reads the country's victims, and so may count them live."""
    return countries_reached(actor, "victim.view").filter(pk=country.pk).exists()


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
        said = _("“%(country)s” is outside the scope of your roles.")
        raise NotPermitted(said % {"country": country})
    if (row, column) not in tables_for(actor, country):
        raise InvalidInput(
            _("There is no table “%(row)s” by “%(column)s” for your roles.")
            % {"row": row, "column": column},
            field="row",
        )
    pack = pack_of(country)
    if may_combine(actor, country):
        rows = harmed(country).filter(CountPolicy.rows(actor, "view"))
        rows = rows.filter(VictimPolicy.rows(actor, "view"))
        return PUBLICATION.live(rows, row, column, pack)
    table = PUBLICATION.newest(country, row, column, pack)
    if table is None:
        said = _("No counts have been published for %(country)s yet.")
        raise NothingPublished(said % {"country": country})
    return table


def countries_for(actor: Actor) -> QuerySet[Country]:
    """Return the countries whose victims the actor may see counted."""
    return countries_reached(actor, "statistics.view").order_by("name")


def harmed(country: Country) -> QuerySet[Victim]:
    """Return the victims that count: current, harmed, of accidents that stand."""
    rows = Victim.objects.filter(country=country, is_current=True, outcome__in=HARMED)
    return rows.filter(accident__is_withdrawn=False)


def tables_up_to(country: Country, cut_off: date) -> dict[str, Counted] | None:
    """Return the tables that everybody may see next, of accidents up to a day.

    None while too few people changed.
    """
    day = Coalesce("accident__occurred_on", "accident__first_information")
    rows = harmed(country).annotate(day=day).filter(day__lte=cut_off)
    return PUBLICATION.due(rows, country, pack_of(country))
