"""What can be exported: records, fields, and how a row is filled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from safelane.core.scope import Actor, Precision
from safelane.core.scope.precision import blurred
from safelane.exchange.kinds import ExportKind
from safelane.exchange.writers import ExportField
from safelane.hazards.exchange.targets import (
    BOX_FACTS,
    BOX_NUMBERS,
    BOXES,
    EVIDENCE,
    EVIDENCE_FACTS,
    FIND_FACTS,
    HAZARD_FACTS,
    HAZARDS,
    ORDNANCE,
    ORDNANCE_FACTS,
)
from safelane.hazards.facts import BOX_LISTS, EVIDENCE_LISTS, FACT_LISTS, ORDNANCE_LISTS
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    OrdnanceFound,
    SurveyBox,
)
from safelane.hazards.queries import (
    current_boxes,
    finds,
    published,
    register,
    with_first_information,
)

# What tells a find's place although its point is coarse.
TELLING = ("description", "accuracy_m", "external_id", "reference")
# A cell of 1 km never wears the result of one box.
BOX_TELLING = (*TELLING, *BOX_NUMBERS, "result", "searched_percent")
_KINDS: dict[str, Any] = {
    "PositiveIntegerField": "integer",
    "FloatField": "number",
    "DateField": "date",
    "DateTimeField": "datetime",
}


def _field(model: Any, name: str) -> ExportField:
    field = model._meta.get_field(name)
    kind = _KINDS.get(field.get_internal_type(), "text")
    return ExportField(name, field.verbose_name, kind)


_BESIDE = (
    ExportField("organisation", _("Organisation")),
    ExportField("country", _("Country")),
    ExportField("admin_area", _("Admin area")),
    ExportField("admin_code", _("Code of the admin area")),
)
_HAZARD_FIELDS = (
    ExportField("uid", _("Identifier")),
    ExportField("reference", _("Reference")),
    *_BESIDE,
    *(_field(HazardousArea, n) for n in HAZARD_FACTS),
    ExportField("area_m2", _("Area (m²)"), "number"),
    ExportField("geometry_crs", _("Coordinate system as entered")),
    ExportField("geometry_text", _("Coordinates as entered")),
    ExportField("first_information", _("First information"), "date"),
    ExportField("date_of_information", _("Date of information"), "date"),
    ExportField("precision", _("Precision of the position")),
)


def _find_fields(model: Any, names: tuple[str, ...]) -> tuple[ExportField, ...]:
    return (
        ExportField("uid", _("Identifier")),
        ExportField("reference", _("Reference")),
        *_BESIDE,
        *(_field(model, n) for n in names),
        ExportField("date_of_information", _("Date of information"), "date"),
        ExportField("precision", _("Precision of the position")),
    )


def _beside(record: Any, level: int, area: Any) -> dict[str, Any]:
    """Return who and where in words; the area's name only down to the district."""
    shown = area if level <= Precision.DISTRICT else None
    while shown is not None and level != Precision.EXACT and shown.level > 2:
        shown = shown.parent
    return {
        "organisation": str(record.organisation),
        "country": record.country.code,
        "admin_area": shown.name if shown else None,
        "admin_code": shown.code if shown else None,
        "precision": Precision(level).name.lower(),
    }


def _hazard_values(record: Any) -> tuple[dict[str, Any], Any]:
    """Return facts and shape of an area, or of its period when the past is asked."""
    area = getattr(record, "hazard", record)
    level = int(record.precision)
    facts = published(record)
    shape = facts.pop("geometry", None)
    facts.pop("extra", None)
    day = getattr(record, "valid_from", None) or area.last_information
    beside = _beside(area, level, record.admin_area)
    values = {
        "uid": str(area.uid),
        "reference": area.reference,
        "first_information": record.first_information,
        "date_of_information": day,
    }
    return values | beside | facts, shape


def _find_values(
    names: tuple[str, ...], telling: tuple[str, ...] = TELLING
) -> Callable[[Any], tuple[dict[str, Any], Any]]:
    hidden = dict.fromkeys(name for name in telling if name in (*names, "reference"))

    def values(record: Any) -> tuple[dict[str, Any], Any]:
        level = int(record.precision)
        found = {name: _stated(getattr(record, name)) for name in names}
        found["reference"] = record.hazard.reference if record.hazard else None
        if level != Precision.EXACT:
            found |= hidden
        found["uid"] = str(record.uid)
        found["date_of_information"] = record.report.date_of_information
        beside = _beside(record, level, record.admin_area)
        return found | beside, blurred(record.geometry, level)

    return values


def _stated(value: Any) -> Any:
    return None if value == "" else value


def _hazard_rows(actor: Actor, filters: HazardFilter) -> QuerySet[Any]:
    rows: Any = register(actor, filters)
    if filters.is_past:
        rows = with_first_information(rows, filters.then)
    via = "hazard__" if filters.is_past else ""
    related = [
        f"{via}organisation",
        f"{via}country",
        "admin_area",
        "admin_area__parent",
    ]
    ordered: QuerySet[Any] = rows.select_related(*related).order_by("pk")
    return ordered


def _find_rows(model: Any) -> Callable[[Actor, HazardFilter], QuerySet[Any]]:
    def rows(actor: Actor, filters: HazardFilter) -> QuerySet[Any]:
        return _narrowed(finds(model, actor, filters.then), filters)

    return rows


def _box_rows(actor: Actor, filters: HazardFilter) -> QuerySet[Any]:
    return _narrowed(current_boxes(actor, filters.then), filters)


def _narrowed(found: QuerySet[Any], filters: HazardFilter) -> QuerySet[Any]:
    if filters.country:
        found = found.filter(country__code=filters.country)
    if filters.organisation is not None:
        found = found.filter(organisation=filters.organisation)
    if filters.area is not None:
        found = found.filter(admin_area__path__contains=f"/{filters.area}/")
    related = ("organisation", "country", "hazard", "report", "admin_area__parent")
    ordered: QuerySet[Any] = found.select_related(*related).order_by("pk")
    return ordered


def _home(record: Any) -> Any:
    """Return whose words its codes have: the area's country, else its own."""
    return (getattr(record, "hazard", None) or record).country


EXPORTS = (
    ExportKind(
        HAZARDS,
        _("Hazardous areas"),
        "hazard.export",
        "polygon",
        _HAZARD_FIELDS,
        FACT_LISTS,
        HazardFilter.parse,
        _hazard_rows,
        _hazard_values,
        _home,
    ),
    ExportKind(
        EVIDENCE,
        _("Evidence"),
        "evidence.export",
        "point",
        _find_fields(Evidence, (*EVIDENCE_FACTS, *FIND_FACTS)),
        EVIDENCE_LISTS,
        HazardFilter.parse,
        _find_rows(Evidence),
        _find_values((*EVIDENCE_FACTS, *FIND_FACTS)),
        _home,
    ),
    ExportKind(
        ORDNANCE,
        _("Ordnance found"),
        "ordnance.export",
        "point",
        _find_fields(OrdnanceFound, (*ORDNANCE_FACTS, *FIND_FACTS)),
        ORDNANCE_LISTS,
        HazardFilter.parse,
        _find_rows(OrdnanceFound),
        _find_values((*ORDNANCE_FACTS, *FIND_FACTS)),
        _home,
    ),
    ExportKind(
        BOXES,
        _("Survey boxes"),
        "survey_box.export",
        "polygon",
        _find_fields(SurveyBox, (*BOX_NUMBERS, *BOX_FACTS)),
        BOX_LISTS,
        HazardFilter.parse,
        _box_rows,
        _find_values((*BOX_NUMBERS, *BOX_FACTS), BOX_TELLING),
        _home,
    ),
)
