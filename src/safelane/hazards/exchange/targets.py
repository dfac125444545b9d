"""What can be imported, with the codes of a country's pack."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from safelane.countries import CountryPack
from safelane.exchange.mapping import Choice, Target, TargetField
from safelane.hazards.exchange.synonyms import CODE_NAMES, SYNONYMS
from safelane.hazards.facts import BOX_LISTS, EVIDENCE_LISTS, FACT_LISTS, ORDNANCE_LISTS
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    OrdnanceFound,
    SurveyBox,
)

HAZARDS, EVIDENCE, ORDNANCE = "hazards", "evidence", "ordnance"
BOXES = "survey-boxes"
SEVERAL = frozenset({"contamination", "blockages"})
HAZARD_FACTS = (
    "name",
    "kind",
    "status",
    "status_reason",
    "priority",
    "contamination",
    "information_source",
    "source_reliability",
    "information_grade",
    "terrain",
    "vegetation",
    "slope",
    "soil",
    "difficulty",
    "marking",
    "land_use",
    "blockages",
    "depth_cm",
    "people_affected",
    "comment",
    "stated_area_m2",
)
FIND_FACTS = ("count", "found_on", "accuracy_m", "description", "external_id")
EVIDENCE_FACTS = (
    "directness",
    "kind",
    "grade",
    "information_source",
    "ordnance_category",
    "ordnance_model",
)
BOX_NUMBERS = ("grid_number", "zone", "column", "row", "size_m")
BOX_FACTS = ("result", "searched_percent", "searched_on", "description", "external_id")
ORDNANCE_FACTS = ("category", "subcategory", "model", "condition", "depth_cm")


def choices_of(pack: CountryPack, list_name: str) -> tuple[Choice, ...]:
    """Return the codes of a pack's list with every label and other name."""
    extra = CODE_NAMES.get(list_name, {})
    return tuple(
        Choice(code.code, (*code.labels.values(), *extra.get(code.code, ())))
        for code in pack.codes(list_name)
    )


def _reference(required: bool) -> TargetField:
    return TargetField(
        "reference",
        _("Reference"),
        required=required,
        synonyms=SYNONYMS["reference"],
        max_length=80,
    )


def _day() -> TargetField:
    return TargetField(
        "date_of_information",
        _("Date of information"),
        "date",
        required=True,
        synonyms=SYNONYMS["date_of_information"],
    )


def _model_fields(
    model: Any, names: Iterable[str], lists: dict[str, str], pack: CountryPack
) -> list[TargetField]:
    return [_model_field(model, name, lists.get(name), pack) for name in names]


def _model_field(
    model: Any, name: str, list_name: str | None, pack: CountryPack
) -> TargetField:
    field = model._meta.get_field(name)
    kinds: dict[str, Any] = {
        "PositiveIntegerField": "integer",
        "FloatField": "number",
        "DateField": "date",
    }
    kind: Any = kinds.get(field.get_internal_type(), "text")
    choices: tuple[Choice, ...] = ()
    if list_name:
        kind = "choices" if name in SEVERAL else "choice"
        choices = choices_of(pack, list_name)
    return TargetField(
        name,
        field.verbose_name,
        kind,
        required=list_name is not None and name in {"directness", "category", "result"},
        choices=choices,
        synonyms=SYNONYMS.get(name, ()),
        max_length=(getattr(field, "max_length", None) or 0) if kind == "text" else 0,
        minimum=0 if kind in ("integer", "number") else None,
    )


def _external_id() -> TargetField:
    return TargetField(
        "external_id",
        _("Identifier in the source"),
        synonyms=SYNONYMS["external_id"],
        max_length=200,
    )


def hazards_target(pack: CountryPack) -> Target:
    """Return what can be imported of hazardous areas in a country."""
    facts = _model_fields(HazardousArea, HAZARD_FACTS, FACT_LISTS, pack)
    fields = [_reference(True), _day(), _external_id(), *facts]
    return Target(HAZARDS, _("Hazardous areas"), tuple(fields), "optional")


def evidence_target(pack: CountryPack) -> Target:
    """Return what can be imported of evidence in a country."""
    names = (*EVIDENCE_FACTS, *FIND_FACTS)
    facts = _model_fields(Evidence, names, EVIDENCE_LISTS, pack)
    fields = [_reference(False), _day(), *facts]
    return Target(EVIDENCE, _("Evidence"), tuple(fields), "required")


def ordnance_target(pack: CountryPack) -> Target:
    """Return what can be imported of ordnance found in a country."""
    names = (*ORDNANCE_FACTS, *FIND_FACTS)
    facts = _model_fields(OrdnanceFound, names, ORDNANCE_LISTS, pack)
    fields = [_reference(False), _day(), *facts]
    return Target(ORDNANCE, _("Ordnance found"), tuple(fields), "required")


def boxes_target(pack: CountryPack) -> Target:
    """Return what can be imported of survey boxes in a country."""
    zone = TargetField("zone", _("UTM zone"), synonyms=SYNONYMS["zone"], max_length=12)
    names = ("grid_number", "column", "row", "size_m", *BOX_FACTS)
    facts = _model_fields(SurveyBox, names, BOX_LISTS, pack)
    fields = [_reference(False), _day(), zone, *facts]
    return Target(BOXES, _("Survey boxes"), tuple(fields), "optional")
