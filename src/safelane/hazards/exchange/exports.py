"""What can be exported: records, fields, and how a row is filled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Model, QuerySet

from safelane.core.facts import facts_of, lists
from safelane.core.filters.reading import Moment
from safelane.core.filters.records import lying_in
from safelane.core.scope import Actor
from safelane.core.scope.precision import published, shown_facts, with_record
from safelane.exchange.facts import beside, exported, record_fields
from safelane.exchange.kinds import ExportKind
from safelane.hazards.exchange.prepare import FOUND, HAZARDS, HAZARDS_LABEL
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import Evidence, HazardousArea, OrdnanceFound
from safelane.hazards.queries import finds, register, with_first_information

FOUND_WITH = ("organisation", "country", "report", "admin_area__parent__parent")
FOUND_BY = frozenset({"country", "organisation", "area", "as_of", "known_at"})
Values = Callable[[Any], tuple[dict[str, Any], Any]]


def _hazard_values(record: Any) -> tuple[dict[str, Any], Any]:
    """Return facts and shape of an area, or of its period when the past is asked."""
    area = getattr(record, "hazard", record)
    facts = published(record)
    shape = facts.pop("geometry", None)
    values = {
        "uid": str(area.uid),
        "reference": area.reference,
        "first_information": record.first_information,
        "date_of_information": getattr(record, "valid_from", area.last_information),
    }
    names = exported(HazardousArea)
    stated = {name: value for name, value in facts.items() if name in names}
    return values | beside(record, area) | stated, shape


def _find_values(record: Any) -> tuple[dict[str, Any], Any]:
    """Return what is found, as far as it may be shown, and its place."""
    model: type[Model] = type(record)
    names, facts = exported(model), facts_of(model)
    own = [n for n in (*names, "geometry") if not facts[n].path]
    stated = {name: getattr(record, name) for name in own}
    if record.linked:
        stated["hazard"] = record.linked
    shown = shown_facts(stated, facts, int(record.precision))
    shape = shown.pop("geometry", None)
    values = {
        "uid": str(record.uid),
        "reference": shown.pop("hazard", None),
        "date_of_information": record.report.date_of_information,
        **{name: None if value == "" else value for name, value in shown.items()},
    }
    return values | beside(record), shape


def _hazard_rows(actor: Actor, filters: HazardFilter) -> QuerySet[Any]:
    rows: Any = register(actor, filters)
    via = "hazard__" if filters.is_past else ""
    if filters.is_past:
        rows = with_first_information(rows, filters.then)
    related = (f"{via}organisation", f"{via}country", "admin_area__parent__parent")
    ordered: QuerySet[Any] = rows.select_related(*related).order_by("pk")
    return ordered


def _found(
    rows: Callable[[Actor, Moment], QuerySet[Any]], actor: Actor, filters: HazardFilter
) -> QuerySet[Any]:
    found = rows(actor, filters.then)
    if filters.country:
        found = found.filter(country__code=filters.country)
    if filters.organisation is not None:
        found = found.filter(organisation=filters.organisation)
    if filters.area is not None:
        found = found.filter(lying_in(found.model, filters.area, coarse=True))
    linked = with_record(found, actor, "hazard").order_by("pk")
    return linked.select_related(*FOUND_WITH)


def _kind(
    name: str,
    label: Any,
    model: Any,
    rows: Callable[[Actor, HazardFilter], QuerySet[Any]],
    values: Values = _find_values,
    narrowed_by: frozenset[str] | None = FOUND_BY,
) -> ExportKind:
    return ExportKind(
        name,
        label,
        f"{model.policy.data_class}.export",
        "point" if model in (Evidence, OrdnanceFound) else "polygon",
        record_fields(model),
        lists(model.declares),
        HazardFilter.parse,
        rows,
        values,
        # Its own country says the words of its codes, a period's that of its area.
        lambda row: getattr(row, "country", None) or row.hazard.country,
        narrowed_by,
    )


EXPORTS = (
    _kind(HAZARDS, HAZARDS_LABEL, HazardousArea, _hazard_rows, _hazard_values, None),
    *(
        _kind(name, label, model, partial(_found, partial(finds, model)))
        for name, (label, model, _place) in FOUND.items()
    ),
)
