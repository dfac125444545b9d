"""Hazardous areas, the reports on them, and what these found, searched and measured."""

from safelane.hazards.models.areas import (
    HazardFacts,
    HazardousArea,
    HazardPeriod,
    HazardReport,
)
from safelane.hazards.models.finds import Evidence, GeoPoint, OrdnanceFound, SurveyBox

__all__ = [
    "Evidence",
    "GeoPoint",
    "HazardFacts",
    "HazardPeriod",
    "HazardReport",
    "HazardousArea",
    "OrdnanceFound",
    "SurveyBox",
]
