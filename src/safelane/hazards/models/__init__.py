"""Hazardous areas, the reports on them, and what these found, searched and measured."""

from safelane.hazards.models.areas import HazardousArea, HazardPeriod
from safelane.hazards.models.boxes import SurveyBox
from safelane.hazards.models.facts import HazardFacts
from safelane.hazards.models.finds import Evidence, OrdnanceFound
from safelane.hazards.models.points import GeoPoint
from safelane.hazards.models.reports import HazardReport

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
