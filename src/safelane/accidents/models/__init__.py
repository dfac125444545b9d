"""Accidents, the reports on them, victims and their identities."""

from safelane.accidents.models.accidents import Accident, AccidentReport
from safelane.accidents.models.counts import PublishedCounts
from safelane.accidents.models.facts import FACT_FIELDS, AccidentFacts
from safelane.accidents.models.victims import IDENTITY_FIELDS, Victim, VictimIdentity

__all__ = [
    "FACT_FIELDS",
    "IDENTITY_FIELDS",
    "Accident",
    "AccidentFacts",
    "AccidentReport",
    "PublishedCounts",
    "Victim",
    "VictimIdentity",
]
