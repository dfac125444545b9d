"""Rules at entry: pure functions over facts, configured by the country pack."""

from safelane.core.review.findings import BLOCK
from safelane.countries.findings import WARN, Finding
from safelane.hazards.rules.conservation import LandBalance, ledger
from safelane.hazards.rules.evaluation import CHECKS, evaluate
from safelane.hazards.rules.facts import (
    BoxFacts,
    FindFacts,
    OverlapFacts,
    PointFacts,
    ReportFacts,
)

__all__ = [
    "BLOCK",
    "CHECKS",
    "WARN",
    "BoxFacts",
    "FindFacts",
    "Finding",
    "LandBalance",
    "OverlapFacts",
    "PointFacts",
    "ReportFacts",
    "evaluate",
    "ledger",
]
