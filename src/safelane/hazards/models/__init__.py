"""Hazardous areas, the reports on them, evidence, ordnance and surveyed points."""

from safelane.hazards.models.areas import HazardousArea, HazardPeriod
from safelane.hazards.models.facts import FACT_FIELDS, HazardFacts
from safelane.hazards.models.finds import Evidence, OrdnanceFound
from safelane.hazards.models.points import GeoPoint
from safelane.hazards.models.reports import HazardReport

__all__ = [
    "FACT_FIELDS",
    "Evidence",
    "GeoPoint",
    "HazardFacts",
    "HazardPeriod",
    "HazardReport",
    "HazardousArea",
    "OrdnanceFound",
]
