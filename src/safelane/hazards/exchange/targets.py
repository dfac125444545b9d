"""What can be imported, with the codes of a country's pack."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from safelane.core.errors import NotFound
from safelane.core.exchange.mapping import Choice, Target, TargetField
from safelane.core.exchange.mapping.kinds import kind_of, offered
from safelane.countries import CountryPack
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
AREAS, PLACES = "areas", "places"
NAMES: dict[str, str | Promise] = {
    HAZARDS: _("Hazardous areas"),
    EVIDENCE: _("Evidence"),
    ORDNANCE: _("Ordnance found"),
    BOXES: _("Survey boxes"),
    AREAS: _("Admin areas"),
    PLACES: _("Places"),
}
# What a role must allow to bring the rows in.
VERBS = {
    HAZARDS: "hazard.import",
    EVIDENCE: "hazard.import",
    ORDNANCE: "hazard.import",
    BOXES: "hazard.import",
    AREAS: "area.manage",
    PLACES: "area.manage",
}
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


def names() -> dict[str, str | Promise]:
    """Return what can be imported, with its label."""
    return NAMES | {kind.name: kind.label for kind in offered()}


def verb_of(name: str) -> str:
    """Return what a role must allow to import something."""
    kind = kind_of(name)
    return VERBS.get(name, VERBS[HAZARDS]) if kind is None else kind.verb


def target_for(name: str, pack: CountryPack) -> Target:
    """Return what can be imported under ``name`` in a country.

    Raises:
        NotFound: Nothing has this name.
    """
    makers: dict[str, Any] = {
        HAZARDS: _hazards,
        EVIDENCE: _evidence,
        ORDNANCE: _ordnance,
        BOXES: _boxes,
        AREAS: _areas,
        PLACES: _places,
    }
    kind = kind_of(name)
    if kind is not None:
        return kind.target(pack)
    if name not in makers:
        raise NotFound(
            _("Nothing called “%(name)s” can be imported. Choose one of: %(all)s.")
            % {"name": name, "all": ", ".join(names())}
        )
    fields, geometry = makers[name](pack)
    return Target(name, NAMES[name], tuple(fields), geometry)


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


def _hazards(pack: CountryPack) -> tuple[list[TargetField], str]:
    facts = _model_fields(HazardousArea, HAZARD_FACTS, FACT_LISTS, pack)
    return [_reference(True), _day(), _external_id(), *facts], "optional"


def _evidence(pack: CountryPack) -> tuple[list[TargetField], str]:
    names = (*EVIDENCE_FACTS, *FIND_FACTS)
    facts = _model_fields(Evidence, names, EVIDENCE_LISTS, pack)
    return [_reference(False), _day(), *facts], "required"


def _ordnance(pack: CountryPack) -> tuple[list[TargetField], str]:
    names = (*ORDNANCE_FACTS, *FIND_FACTS)
    facts = _model_fields(OrdnanceFound, names, ORDNANCE_LISTS, pack)
    return [_reference(False), _day(), *facts], "required"


def _boxes(pack: CountryPack) -> tuple[list[TargetField], str]:
    zone = TargetField("zone", _("UTM zone"), synonyms=SYNONYMS["zone"], max_length=12)
    names = ("grid_number", "column", "row", "size_m", *BOX_FACTS)
    facts = _model_fields(SurveyBox, names, BOX_LISTS, pack)
    return [_reference(False), _day(), zone, *facts], "optional"


def _named(required_code: bool) -> list[TargetField]:
    code = SYNONYMS["code"]
    name = SYNONYMS["area_name"]
    return [
        TargetField(
            "code", _("Code"), required=required_code, synonyms=code, max_length=40
        ),
        TargetField("name", _("Name"), required=True, synonyms=name, max_length=200),
        TargetField("name_local", _("Name in the national language"), max_length=200),
    ]


def _areas(pack: CountryPack) -> tuple[list[TargetField], str]:
    level = TargetField(
        "level", _("Level"), "integer", True, synonyms=SYNONYMS["level"], minimum=1
    )
    parent = TargetField(
        "parent_code", _("Code of the area above"), synonyms=SYNONYMS["parent_code"]
    )
    return [level, *_named(True), parent], "required"


def _places(pack: CountryPack) -> tuple[list[TargetField], str]:
    people = TargetField(
        "population",
        _("Population"),
        "integer",
        synonyms=SYNONYMS["population"],
        minimum=0,
    )
    kind = TargetField(
        "kind", _("Kind"), synonyms=SYNONYMS["place_kind"], max_length=40
    )
    return [*_named(True), people, kind], "required"
