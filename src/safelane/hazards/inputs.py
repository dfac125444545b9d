"""What a report says when it comes in, by whichever door."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from shapely.geometry import Point

from safelane.core.files.models import StoredFile
from safelane.core.geo.entry.grid import GridBox
from safelane.hazards.models import HazardousArea


@dataclass(frozen=True, slots=True, kw_only=True)
class FactInput:
    """What finds and boxes share.

    Args:
        position_text: The coordinates as they were typed.
    """

    description: str = ""
    position_text: str = ""
    external_id: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PointInput:
    """One surveyed point.

    Args:
        from_order: ``order`` of the point from which bearing and distance were taken.
        bearing_deg: As read in the field.
        declination_deg: East positive; how the true bearing was found.
    """

    order: int
    kind: str
    geometry: Point
    label: str = ""
    elevation_m: float | None = None
    from_order: int | None = None
    bearing_deg: float | None = None
    bearing_is_magnetic: bool = True
    declination_deg: float | None = None
    distance_m: float | None = None
    position_text: str = ""
    position_format: str = ""
    position_crs: str = ""
    fixed_by: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """A whole report: claims about one area, what was found and what was searched.

    Args:
        date_of_information: The day on which the facts were true.
        hazard: The area it speaks of; None for a new one or for finds alone.
        reference: Reference of the area to register, when ``hazard`` is None.
        facts: Names of ``FACT_FIELDS`` -> value; what is absent is not stated.
        retracts: Names of facts that are now held to be unknown.
        external_id: Identifier of the row in its source, for idempotent imports.
        content_hash: SHA-256 of the source row; an equal one is not imported again.
        findings: What the rules said of a row that is registered without review.
    """

    date_of_information: date
    hazard: HazardousArea | None = None
    reference: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    retracts: tuple[str, ...] = ()
    evidence: tuple[EvidenceInput, ...] = ()
    ordnance: tuple[OrdnanceInput, ...] = ()
    boxes: tuple[BoxInput, ...] = ()
    points: tuple[PointInput, ...] = ()
    external_id: str = ""
    content_hash: str = ""
    batch: str = ""
    device_time: datetime | None = None
    findings: tuple[dict[str, Any], ...] = ()
