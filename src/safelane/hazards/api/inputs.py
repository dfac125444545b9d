"""What the API takes as a report, and how it becomes the input of the actions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field
from shapely.geometry import Point

from safelane.core.api import GeoJSON
from safelane.core.api.facts import Strict, Text, printable
from safelane.core.errors import InvalidInput
from safelane.core.geo.entry.grid import GridBox, read_number
from safelane.core.geo.values import prepare_geometry
from safelane.core.scope import Actor
from safelane.countries import CountryPack
from safelane.hazards.actions.boxes import find_box
from safelane.hazards.api.schemas import FactsIn
from safelane.hazards.facts import FACT_FIELDS
from safelane.hazards.inputs import (
    BoxInput,
    EvidenceInput,
    OrdnanceInput,
    ReportInput,
)
from safelane.hazards.models import HazardousArea
from safelane.hazards.rules.boxes import usual_size
from safelane.organisations.models import Country
from safelane.organisations.packs import pack_of

Code = Annotated[str, Field(max_length=60), AfterValidator(printable)]
StepName = Literal[
    "submit",
    "check_operator",
    "check_operations",
    "approve",
    "reject",
    "rework",
    "withdraw",
]

StageName = Literal[
    "draft",
    "submitted",
    "operator_checked",
    "operations_checked",
    "approved",
    "rejected",
    "withdrawn",
]


class FindIn(Strict):
    """What evidence and ordnance share."""

    geometry: GeoJSON
    count: int = Field(1, ge=1, le=1_000_000)
    found_on: date | None = None
    accuracy_m: float | None = Field(None, ge=0, le=100_000)
    description: Text = ""
    external_id: Text = Field("", max_length=200)


class EvidenceIn(FindIn):
    """One piece of evidence."""

    directness: Code
    kind: Code
    grade: Code = ""
    information_source: Code = ""
    ordnance_category: Code = ""
    ordnance_model: Code = ""


class OrdnanceIn(FindIn):
    """One find of ordnance."""

    category: Code
    subcategory: Code = ""
    model: Code = ""
    condition: Code = ""
    depth_cm: int | None = Field(None, ge=0, le=100_000)


class BoxIn(Strict):
    """One box of a survey: by its grid number, or by its outline or middle."""

    grid_number: Text = Field("", max_length=24, description="Such as 48N-6412-43120")
    geometry: GeoJSON | None = Field(None, description="Outline or middle of the box")
    size_m: int | None = Field(None, ge=1, le=10_000, description="Default: usual size")
    result: Code
    searched_percent: int | None = Field(None, ge=0, le=100)
    searched_on: date | None = None
    description: Text = ""
    external_id: Text = Field("", max_length=200)

    def as_input(self, pack: CountryPack) -> BoxInput:
        """Return the box as the actions take it.

        Raises:
            OffGrid, InvalidInput: Number and outline mean no box, or different ones.
        """
        said = self.model_dump(exclude={"grid_number", "geometry", "size_m"})
        return BoxInput(box=self._box(pack), **said)

    def _box(self, pack: CountryPack) -> GridBox:
        size_m = self.size_m or usual_size(pack)
        named = read_number(self.grid_number, size_m)
        if named is None and (self.grid_number or self.geometry is None):
            raise InvalidInput(
                _("“%(text)s” is no grid number such as 48N-6412-43120.")
                % {"text": self.grid_number},
                field="boxes",
            )
        if self.geometry is None and named is not None:
            return named
        found = find_box(prepare_geometry(self.geometry), size_m, pack)
        if named not in (None, found):
            raise InvalidInput(
                _("The position lies in box %(there)s, the number says %(box)s.")
                % {"there": found.number, "box": self.grid_number},
                field="boxes",
            )
        return found


class ReportIn(Strict):
    """A report: what was true on a day, and what was found."""

    organisation: UUID = Field(description="In whose name")
    date_of_information: date
    hazard: UUID | None = Field(None, description="The area it speaks of")
    reference: Text = Field("", max_length=80, description="... or of a new area")
    facts: FactsIn = Field(default_factory=FactsIn)
    retracts: list[str] = Field([], description="Facts that are now unknown")
    evidence: list[EvidenceIn] = Field([], max_length=500)
    ordnance: list[OrdnanceIn] = Field([], max_length=500)
    boxes: list[BoxIn] = Field([], max_length=500, description="Boxes of a survey")
    external_id: Text = Field("", max_length=200)
    device_time: datetime | None = None

    def claims(self, actor: Actor, country: Country | None) -> ReportInput:
        """Return the report as the actions take it.

        Args:
            country: Where it is, when it is about no area that exists.

        Raises:
            NotFound: The area is outside the actor's scope.
            InvalidInput, OffGrid: A geometry or a name of a fact cannot stand.
        """
        hazard = None
        if self.hazard is not None:
            hazard = HazardousArea.objects.get_for(actor, uid=self.hazard)
            country = hazard.country
        return ReportInput(
            date_of_information=self.date_of_information,
            hazard=hazard,
            reference=self.reference,
            facts=self._facts(),
            retracts=self._retracts(),
            evidence=tuple(EvidenceInput(**_find(item)) for item in self.evidence),
            ordnance=tuple(OrdnanceInput(**_find(item)) for item in self.ordnance),
            boxes=self._boxes(country),
            external_id=self.external_id,
            device_time=self.device_time,
        )

    def _boxes(self, country: Country | None) -> tuple[BoxInput, ...]:
        if not self.boxes:
            return ()
        if country is None:
            raise InvalidInput(_("Say in which country this is."), field="country")
        pack = pack_of(country)
        return tuple(item.as_input(pack) for item in self.boxes)

    def _facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = self.facts.model_dump(exclude_none=True)
        _refuse_nul(facts)
        if "geometry" in facts:
            facts["geometry"] = prepare_geometry(facts["geometry"])
        return facts

    def _retracts(self) -> tuple[str, ...]:
        unknown = sorted(set(self.retracts) - set(FACT_FIELDS))
        if unknown:
            raise InvalidInput(
                _("There is no fact “%(name)s”.") % {"name": unknown[0][:60]},
                field="retracts",
            )
        return tuple(self.retracts)


class MoveIn(Strict):
    """Why a report is moved; rejection and withdrawal need a reason."""

    reason: Text = Field("", max_length=2000)


class BulkMoveIn(MoveIn):
    """Several reports and the step that all of them take."""

    reports: list[UUID] = Field(min_length=1, max_length=200)
    step: StepName


def _find(item: FindIn) -> dict[str, Any]:
    facts = item.model_dump()
    point = prepare_geometry(facts["geometry"], "point")
    if not isinstance(point, Point):
        raise InvalidInput(_("A find needs a point."), field="geometry")
    return facts | {"geometry": point}


def _refuse_nul(value: Any) -> None:
    if isinstance(value, str) and "\x00" in value:
        raise InvalidInput(_("Text must not hold the character NUL."), field="facts")
    parts = value.values() if isinstance(value, dict) else value
    if isinstance(parts, list) or isinstance(value, dict):
        for part in parts:
            _refuse_nul(part)
