"""Accidents, the reports on them, victims and their identities."""

from safelane.accidents.models.accidents import Accident, AccidentReport
from safelane.accidents.models.counts import PublishedCounts
from safelane.accidents.models.facts import AccidentFacts
from safelane.accidents.models.victims import Victim, VictimIdentity

__all__ = [
    "Accident",
    "AccidentFacts",
    "AccidentReport",
    "PublishedCounts",
    "Victim",
    "VictimIdentity",
]
