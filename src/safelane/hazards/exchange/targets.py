"""What can be imported, with the codes of a country's pack."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from safelane.countries import CountryPack
from safelane.exchange.facts import imported, target_fields
from safelane.exchange.mapping.model import Target, TargetField
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardReport,
    OrdnanceFound,
    SurveyBox,
)

HAZARDS, EVIDENCE, ORDNANCE = "hazards", "evidence", "ordnance"
BOXES = "survey-boxes"
REPORT = ("reference", "date_of_information", "external_id")
HAZARD_FACTS = tuple(n for n in imported(HazardousArea) if n not in REPORT)
MODELS: dict[str, Any] = {EVIDENCE: Evidence, ORDNANCE: OrdnanceFound}


def hazards_target(pack: CountryPack) -> Target:
    """Return what can be imported of hazardous areas in a country."""
    said = target_fields(HazardReport, pack, REPORT)
    facts = target_fields(HazardousArea, pack, HAZARD_FACTS)
    return Target(HAZARDS, _("Hazardous areas"), (*said, *facts), "optional")


def evidence_target(pack: CountryPack) -> Target:
    """Return what can be imported of evidence in a country."""
    facts = target_fields(Evidence, pack)
    return Target(EVIDENCE, _("Evidence"), (*_report(pack), *facts), "required")


def ordnance_target(pack: CountryPack) -> Target:
    """Return what can be imported of ordnance found in a country."""
    facts = target_fields(OrdnanceFound, pack)
    return Target(ORDNANCE, _("Ordnance found"), (*_report(pack), *facts), "required")


def boxes_target(pack: CountryPack) -> Target:
    """Return what can be imported of survey boxes in a country.

    A zone is written as people do, such as ``48N``, or as its EPSG code.
    """
    facts = target_fields(SurveyBox, pack)
    read = [_zone(field) if field.name == "zone" else field for field in facts]
    return Target(BOXES, _("Survey boxes"), (*_report(pack), *read), "optional")


def _report(pack: CountryPack) -> list[TargetField]:
    """Return the day, and the area: what is found may lie in none."""
    reference, day = target_fields(HazardReport, pack, REPORT[:2])
    return [replace(reference, required=False), day]


def _zone(field: TargetField) -> TargetField:
    return replace(
        field, label=_("UTM zone"), kind="text", max_length=12, minimum=None,
        required=False,
    )  # fmt: skip
