"""Counts of victims: totals by two features, small cells hidden.

Who reads victims counts them as they are now; everybody else sees what was published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Count, F, QuerySet
from django.db.models.functions import Coalesce, ExtractYear
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.accidents.choices import HARMED
from safelane.accidents.counts.suppression import hidden_cells, with_totals
from safelane.accidents.errors import NothingPublished
from safelane.accidents.models import PublishedCounts, Victim
from safelane.accidents.policies import CountPolicy, VictimPolicy
from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.scope import Actor
from safelane.countries import CountryPack
from safelane.organisations.models import AdminArea, Country
from safelane.organisations.packs import pack_of


@dataclass(frozen=True, slots=True)
class Feature:
    """One way to divide victims.

    Args:
        path: Lookup path from a victim, or the name of a special feature.
        list_name: Code list of its values, or "".
    """

    name: str
    title: str | Promise
    path: str
    list_name: str = ""


FEATURES = {
    feature.name: feature
    for feature in (
        Feature("sex", gettext_lazy("Sex"), "sex", "sex"),
        Feature("age_group", gettext_lazy("Age group"), "age_group", "age_group"),
        Feature(
            "disability", gettext_lazy("Disability"), "has_disability", "disability"
        ),
        Feature("outcome", gettext_lazy("Outcome"), "outcome", "victim_outcome"),
        Feature("activity", gettext_lazy("Activity"), "activity", "activity"),
        Feature("status", gettext_lazy("Who"), "status", "victim_status"),
        Feature(
            "kind", gettext_lazy("Type of accident"), "accident__kind", "accident_kind"
        ),
        Feature("year", gettext_lazy("Year"), "year"),
        Feature("province", gettext_lazy("Province or region"), "province"),
    )
}
# What somebody without access to victims may ask for: one table per question, so that
# tables cannot be laid over each other at will.
PUBLIC_TABLES = (
    ("year", "outcome"),
    ("age_group", "sex"),
    ("province", "outcome"),
    ("kind", "outcome"),
)


@dataclass(frozen=True, slots=True)
class CrossTable:
    """A table of counts; None stands where a small number is hidden.

    Args:
        cells: Rows with their total last; the last row holds the totals.
        published_on: Fixed date on which it was published; None for a count of now,
            which only readers of victims see.
        cut_off: Last day of the accidents that are in it.
    """

    row: Feature
    column: Feature
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]
    minimum: int
    published_on: date | None = None
    cut_off: date | None = None

    @property
    def lines(self) -> list[tuple[str, tuple[int | None, ...]]]:
        """Return (label, cells) per row, the totals last."""
        labels = (*self.row_labels, _("Total"))
        return list(zip(labels, self.cells, strict=True))


@dataclass(frozen=True, slots=True)
class Counted:
    """A table before it has words, as it is kept of a publication."""

    row_keys: tuple[str, ...]
    column_keys: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]
    minimum: int


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
        return _in_words(counted(rows, *features, pack), *features, pack)
    newest = PublishedCounts.objects.filter(country=country).first()
    if newest is None:
        raise NothingPublished(
            _("No counts have been published for %(country)s yet.")
            % {"country": country}
        )
    found = _from_json(newest.tables[f"{row}-{column}"])
    table = _in_words(found, *features, pack)
    return replace(table, published_on=newest.due_on, cut_off=newest.cut_off)


def countries_for(actor: Actor) -> QuerySet[Country]:
    """Return the countries whose victims the actor may see counted."""
    rows = Country.objects.order_by("name")
    grants = actor.grants_for("statistics.view")
    if actor.is_system or any(grant.reach == "all" for grant in grants):
        return rows
    whole = [g.country_id for g in grants if g.reach == "country" and g.country_id]
    return rows.filter(pk__in=whole)


def tables_up_to(country: Country, cut_off: date) -> dict[str, dict[str, Any]]:
    """Return the tables that everybody may see, of accidents up to a day."""
    day = Coalesce("accident__occurred_on", "accident__first_information")
    rows = _harmed(country).annotate(day=day).filter(day__lte=cut_off)
    pack = pack_of(country)
    return {
        f"{row}-{column}": asdict(counted(rows, FEATURES[row], FEATURES[column], pack))
        for row, column in PUBLIC_TABLES
    }


def _from_json(kept: dict[str, Any]) -> Counted:
    return Counted(
        row_keys=tuple(kept["row_keys"]),
        column_keys=tuple(kept["column_keys"]),
        cells=tuple(tuple(line) for line in kept["cells"]),
        minimum=kept["minimum"],
    )


def _harmed(country: Country) -> QuerySet[Victim]:
    """Return the victims that count: current, harmed, of accidents that stand."""
    return Victim.objects.filter(
        country=country,
        is_current=True,
        outcome__in=HARMED,
        accident__is_withdrawn=False,
    )


def counted(
    rows: QuerySet[Victim], row: Feature, column: Feature, pack: CountryPack
) -> Counted:
    """Count victims by two features, small numbers hidden."""
    found = _count(rows, row, column)
    row_keys = _ordered({key[0] for key in found}, row, pack)
    column_keys = _ordered({key[1] for key in found}, column, pack)
    counts = np.array(
        [[found.get((r, c), 0) for c in column_keys] for r in row_keys],
        dtype=np.int64,
    ).reshape(len(row_keys), len(column_keys))
    table = with_totals(counts)
    minimum = int(pack.parameter("small_cell_minimum"))
    hidden = hidden_cells(table, minimum)
    cells = tuple(
        tuple(None if h else int(n) for n, h in zip(line, mask, strict=True))
        for line, mask in zip(table, hidden, strict=True)
    )
    return Counted(tuple(row_keys), tuple(column_keys), cells, minimum)


def _in_words(
    found: Counted, row: Feature, column: Feature, pack: CountryPack
) -> CrossTable:
    return CrossTable(
        row=row,
        column=column,
        row_labels=_labels(found.row_keys, row, pack),
        column_labels=_labels(found.column_keys, column, pack),
        cells=found.cells,
        minimum=found.minimum,
    )


def _count(
    rows: QuerySet[Victim], row: Feature, column: Feature
) -> dict[tuple[str, str], int]:
    annotated = rows.annotate(
        year=ExtractYear("accident__occurred_on"), path=F("admin_area__path")
    )
    paths = ["path" if f.name == "province" else f.path for f in (row, column)]
    found = annotated.order_by().values_list(*paths).annotate(n=Count("pk"))
    counts: dict[tuple[str, str], int] = {}
    for first, second, number in found:
        key = (_key(row, first), _key(column, second))
        counts[key] = counts.get(key, 0) + number
    return counts


def _key(feature: Feature, value: Any) -> str:
    if feature.name == "disability":
        return {True: "yes", False: "no"}.get(value, "unknown")
    if feature.name == "province":
        return str(value or "/").strip("/").partition("/")[0]
    return "" if value is None else str(value)


def _ordered(keys: set[str], feature: Feature, pack: CountryPack) -> list[str]:
    if not feature.list_name:
        return sorted(keys)
    order = [code.code for code in pack.code_list(feature.list_name).codes]
    return sorted(keys, key=lambda k: (order.index(k) if k in order else len(order), k))


def _labels(
    keys: Sequence[str], feature: Feature, pack: CountryPack
) -> tuple[str, ...]:
    if feature.name == "province":
        ids = [key for key in keys if key]
        names = {str(a.pk): str(a) for a in AdminArea.objects.filter(pk__in=ids)}
        return tuple(names.get(key, _("not stated")) for key in keys)
    if feature.list_name:
        named = (pack.label(feature.list_name, key) for key in keys)
        return tuple(label or _("not stated") for label in named)
    return tuple(key or _("not stated") for key in keys)
