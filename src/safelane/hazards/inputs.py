"""What a report says when it comes in, by whichever door."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shapely.geometry import Point

from safelane.core.files.models import StoredFile
from safelane.core.geo.entry.grid import GridBox
from safelane.core.review.kind import Claims
from safelane.hazards.models import HazardousArea
from safelane.hazards.rules.facts import PointFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class FactInput:
    """What finds and boxes share.

    Args:
        position_text: The coordinates as they were typed.
    """

    description: str = ""
    position_text: str = ""
    external_id: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindInput(FactInput):
    """What evidence and ordnance share.

    Args:
        geometry: Where it was found, WGS 84.
        accuracy_m: 95 % radius of the position, metres.
    """

    geometry: Point
    count: int = 1
    found_on: date | None = None
    accuracy_m: float | None = None
    photo: StoredFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceInput(FindInput):
    """One piece of evidence; codes from the country pack."""

    directness: str
    kind: str
    grade: str = ""
    information_source: str = ""
    ordnance_category: str = ""
    ordnance_model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdnanceInput(FindInput):
    """One find of ordnance; ``depth_cm`` from the surface to its top."""

    category: str
    subcategory: str = ""
    model: str = ""
    condition: str = ""
    depth_cm: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxInput(FactInput):
    """One box of a survey; ``result`` from the country pack."""

    box: GridBox
    result: str
    searched_percent: int | None = None
    searched_on: date | None = None

    @property
    def size_m(self) -> int:
        return self.box.size_m


@dataclass(frozen=True, slots=True, kw_only=True)
class PointInput(PointFacts):
    """One surveyed point as it was measured.

    Args:
        from_order: ``order`` of the point from which bearing and distance were taken.
        bearing_deg: As read in the field.
        declination_deg: East positive; how the true bearing was found.
    """

    elevation_m: float | None = None
    from_order: int | None = None
    bearing_deg: float | None = None
    bearing_is_magnetic: bool = True
    declination_deg: float | None = None
    position_text: str = ""
    position_format: str = ""
    position_crs: str = ""
    fixed_by: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules of a day found in one row; only the judge gives one.

    Args:
        facts, beside: The very objects that were judged.
        findings: As they are kept with the report.
    """

    day: date
    country_id: int
    day_of_facts: date
    facts: dict[str, Any]
    beside: tuple[Any, ...]
    findings: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput(Claims):
    """A whole report: claims about one area, what was found and what was searched.

    Args:
        hazard: The area it speaks of; None for a new one or for finds alone.
        verdict: What the rules said when they were asked of very many rows at once.
    """

    hazard: HazardousArea | None = None
    evidence: tuple[EvidenceInput, ...] = ()
    ordnance: tuple[OrdnanceInput, ...] = ()
    boxes: tuple[BoxInput, ...] = ()
    points: tuple[PointInput, ...] = ()
    verdict: Verdict | None = None

    def beside(self) -> tuple[Any, ...]:
        """Return what stands beside the facts."""
        return (self.evidence, self.ordnance, self.boxes, self.points)

    @property
    def findings(self) -> tuple[dict[str, Any], ...]:
        """Return what the judge found, as it is kept; nothing before it was asked."""
        return self.verdict.findings if self.verdict else ()

    def is_judged(self, country_id: int, day: date) -> bool:
        """Say whether the rules of a day were asked of exactly what this says."""
        given = self.verdict
        return (
            given is not None
            and (given.day, given.country_id) == (day, country_id)
            and given.facts is self.facts
            and given.day_of_facts == self.date_of_information
            and all(a is b for a, b in zip(given.beside, self.beside(), strict=True))
        )
