"""Which accidents are asked for."""

from __future__ import annotations

from safelane.accidents.models import Accident
from safelane.core.filters import RecordFilter


class AccidentFilter(RecordFilter):
    """By type, cause, place and the day of the accident."""

    model = Accident
    dated_by = "occurred_on"
