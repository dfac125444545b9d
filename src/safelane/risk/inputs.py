"""What the actions on survey priors take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from safelane.organisations.models import Country, Organisation
from safelane.risk.models import SurveyPrior


@dataclass(frozen=True, slots=True)
class RunNote:
    """Who runs a prior for whom, and why.

    Args:
        title: Name of the run; empty makes one from country and day.
        reason: Why it was run, for reruns why the weights changed.
        rerun_of: The run whose values are weighed again.
    """

    country: Country
    organisation: Organisation
    title: str = ""
    reason: str = ""
    rerun_of: SurveyPrior | None = None


@dataclass(frozen=True, slots=True)
class RankedRow:
    """One unit as it is stored; see ``RankedUnit``."""

    level: str
    code: str
    name: str
    context: Mapping[str, Any]
    admin_area_id: int | None
    rank: int
    score: float
    rank_low: int
    rank_high: int
    top_share: float
    top_tenth_share: float
    partial: bool
    layers: Mapping[str, float | None]
    facts: Mapping[str, float | None]
    percentiles: Mapping[str, float | None]
    reasons: list[dict[str, Any]]
    geometry: Any


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What is stored of a run besides its units; see ``SurveyPrior``."""

    kind: str
    config: Mapping[str, Any]
    weights: Mapping[str, float]
    missing: tuple[str, ...]
    sources: list[dict[str, Any]]
    account: Mapping[str, Any]
    sensitivity: Mapping[str, Any]
    notes: list[str]
    counts: Mapping[str, int]
    versions: Mapping[str, str]
    seconds: float
    at: datetime | None = None
    rows: list[RankedRow] = field(default_factory=list)
