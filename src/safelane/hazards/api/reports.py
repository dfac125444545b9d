"""Reports: write drafts, send them, move them through their review."""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Header, Query, Router, Schema, Status
from pydantic import Field
from shapely.geometry import Point

from safelane.core.api import PROBLEMS, GeoJSON, Page, PageQuery, actor_of, page_of
from safelane.core.api.facts import Strict, Text, facts_schema, printable
from safelane.core.errors import ChangedMeanwhile, InvalidInput
from safelane.core.geo.entry.grid import GridBox, read_number
from safelane.core.geo.values import prepare_geometry
from safelane.core.review.queries import findings_of, reports_on_record
from safelane.core.review.stages import LABELS
from safelane.core.review.steps import move_report, step_named, withdraw_report
from safelane.core.review.versions import version_of
from safelane.core.review.writing import create_report, update_report
from safelane.core.scope import Actor
from safelane.core.scope.precision import with_record
from safelane.countries import CountryPack
from safelane.exchange.facts import imported
from safelane.hazards.actions import REPORTS
from safelane.hazards.actions.report import find_box
from safelane.hazards.api.answers import FactsIn, ReportOut, show_report
from safelane.hazards.api.areas import find_hazard
from safelane.hazards.facts import FACT_FIELDS
from safelane.hazards.inputs import BoxInput, EvidenceInput, OrdnanceInput, ReportInput
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardReport,
    OrdnanceFound,
    SurveyBox,
)
from safelane.hazards.queries import closed_rows
from safelane.hazards.rules.finds import usual_size
from safelane.organisations.models import Country, Organisation
from safelane.organisations.packs import pack_of

router = Router(tags=["reports"])
VIEW = "hazard_report.view"
T = TypeVar("T", bound=QuerySet[Any])
SHOWN = ("organisation", "country")
StepName = Literal[
    "submit",
    "check_operator",
    "check_operations",
    "approve",
    "reject",
    "rework",
    "withdraw",
]

StageName = Literal[tuple(LABELS)]  # type: ignore[valid-type]


def _taken(name: str, model: Any, kind: Any, doc: str) -> Any:
    """Return the schema of what was found: the facts that files bring in, too."""
    no = {MISSING}
    needed = {f.name for f in fields(kind) if {f.default, f.default_factory} == no}
    names = [*imported(model), "geometry"]
    return facts_schema(name, model, names, base=Strict, needed=needed, doc=doc)


EvidenceIn = _taken("EvidenceIn", Evidence, EvidenceInput, "One piece of evidence.")
OrdnanceIn = _taken("OrdnanceIn", OrdnanceFound, OrdnanceInput, "One find of ordnance.")
BoxFacts = facts_schema(
    "BoxFacts",
    SurveyBox,
    ("result", "searched_percent", "searched_on", "description", "external_id"),
    base=Strict,
    needed={"result"},
    doc="What a search of a box found.",
)


class BoxIn(BoxFacts):  # type: ignore[misc, valid-type]
    """One box of a survey: by its grid number, or by its outline or middle."""

    grid_number: Text = Field("", max_length=24, description="Such as 48N-6412-43120")
    geometry: GeoJSON | None = Field(None, description="Outline or middle of the box")
    size_m: int | None = Field(None, ge=1, le=10_000, description="Default: usual size")

    def as_input(self, pack: CountryPack) -> BoxInput:
        """Return the box as the actions take it.

        Raises:
            OffGrid, InvalidInput: Number and outline mean no box, or different ones.
        """
        said = self.model_dump(include={*BoxFacts.model_fields}, exclude_none=True)
        return BoxInput(box=self._box(pack), **said)

    def _box(self, pack: CountryPack) -> GridBox:
        size_m = self.size_m or usual_size(pack)
        named = read_number(self.grid_number, size_m)
        if named is None and (self.grid_number or self.geometry is None):
            message = _("“%(text)s” is no grid number such as 48N-6412-43120.")
            said = {"text": self.grid_number}
            raise InvalidInput(message % said, field="boxes")
        if self.geometry is None and named is not None:
            return named
        found = find_box(prepare_geometry(self.geometry), size_m, pack)
        if named not in (None, found):
            message = _("The position lies in box %(there)s, the number says %(box)s.")
            said = {"there": found.number, "box": self.grid_number}
            raise InvalidInput(message % said, field="boxes")
        return found


class ReportIn(Strict):
    """A report: what was true on a day, and what was found."""

    organisation: UUID = Field(description="In whose name")
    date_of_information: date
    hazard: UUID | None = Field(None, description="The area it speaks of")
    reference: Text = Field("", max_length=80, description="... or of a new area")
    facts: FactsIn = Field(default_factory=FactsIn)
    retracts: list[str] = Field([], description="Facts that are now unknown")
    evidence: list[EvidenceIn] = Field([], max_length=500)  # type: ignore[valid-type]
    ordnance: list[OrdnanceIn] = Field([], max_length=500)  # type: ignore[valid-type]
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
        try:
            _require_printable(facts)
        except ValueError as error:
            message = _("There is a text that cannot be kept: it %(why)s.")
            raise InvalidInput(message % {"why": error}, field="facts") from error
        if "geometry" in facts:
            facts["geometry"] = prepare_geometry(facts["geometry"])
        return facts

    def _retracts(self) -> tuple[str, ...]:
        unknown = sorted(set(self.retracts) - set(FACT_FIELDS))
        if unknown:
            message = _("There is no fact “%(name)s”.") % {"name": unknown[0][:60]}
            raise InvalidInput(message, field="retracts")
        return tuple(self.retracts)


class MoveIn(Strict):
    """Why a report is moved; rejection and withdrawal need a reason."""

    reason: Text = Field("", max_length=2000)


class BulkMoveIn(MoveIn):
    """Several reports and the step that all of them take."""

    reports: list[UUID] = Field(min_length=1, max_length=200)
    step: StepName


def _find(item: Schema) -> dict[str, Any]:
    facts = item.model_dump(exclude_none=True)
    point = prepare_geometry(facts["geometry"], "point")
    if not isinstance(point, Point):
        raise InvalidInput(_("A find needs a point."), field="geometry")
    return facts | {"geometry": point}


def _require_printable(value: Any) -> None:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _require_printable(part)
    elif isinstance(value, str):
        printable(value)


class ReportQuery(PageQuery):
    """Which reports."""

    stage: list[StageName] = []  # type: ignore[valid-type]
    batch: str = Field("", pattern=r"^[\w-]{0,40}$", description="Key of an import")


@router.get("/reports", response={200: Page[ReportOut], **PROBLEMS})
def list_reports(request: HttpRequest, query: Query[ReportQuery]) -> dict[str, Any]:
    """List reports at every stage, newest information first."""
    actor = actor_of(request)
    rows = visible_reports(actor)
    if query.stage:
        rows = rows.filter(stage__in=query.stage)
    if query.batch:
        rows = rows.filter(batch=query.batch)
    return page_of(rows, query, partial(show_report, actor=actor))


@router.get("/hazards/{uuid:uid}/reports", response={200: Page[ReportOut], **PROBLEMS})
def list_hazard_reports(
    request: HttpRequest, uid: UUID, query: Query[PageQuery]
) -> dict[str, Any]:
    """List the reports on one area."""
    actor = actor_of(request)
    actor.require(VIEW)
    rows = reports_on_record(REPORTS, find_hazard(actor, uid), actor)
    return page_of(_shown(rows, actor), query, partial(show_report, actor=actor))


@router.get("/reports/{uuid:uid}", response={200: ReportOut, **PROBLEMS})
def get_report(
    request: HttpRequest, response: HttpResponse, uid: UUID
) -> dict[str, Any]:
    """Return one report; ``ETag`` names its state, for a change of a draft."""
    return shown_alone(response, actor_of(request), uid)


@router.post("/reports", response={201: ReportOut, **PROBLEMS})
def post_report(
    request: HttpRequest, response: HttpResponse, body: ReportIn
) -> Status[dict[str, Any]]:
    """Write a draft; nothing is known by it until it is approved."""
    actor = actor_of(request)
    actor.require("hazard_report.report")
    organisation = Organisation.objects.get_for(actor, uid=body.organisation)
    claims = body.claims(actor, organisation.country)
    report = create_report(
        REPORTS, claims, organisation=organisation, source="api", by=actor
    )
    return Status(201, shown_alone(response, actor, report.uid))


@router.put("/reports/{uuid:uid}", response={200: ReportOut, **PROBLEMS})
def put_report(
    request: HttpRequest,
    response: HttpResponse,
    uid: UUID,
    body: ReportIn,
    if_match: Annotated[str, Header(description="ETag of the draft as read")] = "",
) -> dict[str, Any]:
    """Replace what a draft says, if nobody saved it since it was read."""
    actor = actor_of(request)
    report = find_report(actor, uid)
    if body.organisation != report.organisation.uid:
        message = _(
            "This draft is in the name of “%(name)s” and stays so. Write a new report "
            "in the name of another organisation."
        )
        said = {"name": report.organisation.short_name}
        raise InvalidInput(message % said, field="organisation")
    claims = body.claims(actor, report.country)
    seen = if_match.removeprefix("W/").strip('"')
    try:
        update_report(REPORTS, report, claims, by=actor, seen=seen)
    except ChangedMeanwhile as fault:
        if if_match:
            raise
        message = _("Send the ETag of the draft as you read it: no save hides another.")
        raise InvalidInput(message, field="If-Match") from fault
    return shown_alone(response, actor, uid)


@router.post("/reports/move", response={200: list[ReportOut], **PROBLEMS})
def move_several(request: HttpRequest, body: BulkMoveIn) -> list[dict[str, Any]]:
    """Move several reports by one step: all of them or none."""
    actor = actor_of(request)
    with transaction.atomic():
        for uid in body.reports:
            take_step(find_report(actor, uid), body.step, body.reason, actor)
    return [shown(actor, uid) for uid in body.reports]


@router.post("/reports/{uuid:uid}/{step}", response={200: ReportOut, **PROBLEMS})
def move_one(
    request: HttpRequest, uid: UUID, step: StepName, body: MoveIn
) -> dict[str, Any]:
    """Move a report by one step of its review."""
    actor = actor_of(request)
    take_step(find_report(actor, uid), step, body.reason, actor)
    return shown(actor, uid)


def shown(actor: Actor, uid: UUID) -> dict[str, Any]:
    """Return a report as it stands now, as far as the actor may see it."""
    return show_report(find_report(actor, uid), actor)


def shown_alone(response: HttpResponse, actor: Actor, uid: UUID) -> dict[str, Any]:
    """Return a report as it stands now, and name this state in the answer's head.

    Of a draft, with what the rules say of it now.
    """
    response["ETag"] = f'"{version_of(REPORTS, uid)}"'
    report = find_report(actor, uid)
    return show_report(report, actor, findings_of(REPORTS, report, actor))


def take_step(report: HazardReport, name: str, reason: str, actor: Actor) -> None:
    """Take a step by its name; an approved report is withdrawn by one of its own."""
    if name == "withdraw":
        withdraw_report(REPORTS, report, reason, by=actor)
        return
    step = step_named(name, report)
    why = reason if step.needs_reason else ""
    move_report(REPORTS, report, step, reason=why, by=actor)


def visible_reports(actor: Actor) -> QuerySet[HazardReport]:
    actor.require(VIEW)
    return _shown(HazardReport.objects.visible_to(actor), actor)


def find_report(actor: Actor, uid: UUID) -> HazardReport:
    """Return a report that the actor may see."""
    actor.require(VIEW)
    return _shown(HazardReport.objects.all(), actor).get_for(actor, uid=uid)


def _shown(rows: T, actor: Actor) -> T:
    closed = Case(When(closed_rows(actor), then=Value(True)), default=Value(False))
    linked = with_record(rows, actor, "hazard").annotate(is_closed=closed)
    return linked.select_related(*SHOWN)
