"""Which hazardous areas are asked for."""

from __future__ import annotations

from safelane.core.filters import RecordFilter
from safelane.hazards.models import HazardousArea


class HazardFilter(RecordFilter):
    """By type, status, priority, grade, place and the day of the last information."""

    model = HazardousArea
    words = ("reference", "name")
    dated_by = "last_information"
