"""What can be imported, and from mapped rows to what the actions take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.geo.entry.grid import GridBox, read_number, zone_name
from safelane.core.geo.entry.outline import FILE, TYPED
from safelane.core.geo.errors import OffGrid
from safelane.core.review.writing import loose_facts, loose_message
from safelane.core.scope import Actor
from safelane.countries import CountryPack
from safelane.exchange.facts import imported, target_fields
from safelane.exchange.imports.contents import (
    content_hashes,
    refuse_twice,
    stated_rows,
)
from safelane.exchange.kinds import Complaint, Prepared, shapes_of
from safelane.exchange.mapping.apply import MappedBatch
from safelane.exchange.mapping.model import Target
from safelane.exchange.models import ImportRun
from safelane.hazards import models
from safelane.hazards.actions.report import find_boxes
from safelane.hazards.facts import FACT_GROUPS
from safelane.hazards.inputs import BoxInput, EvidenceInput, OrdnanceInput, ReportInput
from safelane.hazards.rules.finds import usual_size
from safelane.organisations.models import Organisation
from safelane.organisations.packs import pack_of

HAZARDS, EVIDENCE, ORDNANCE = "hazards", "evidence", "ordnance"
BOXES = "survey-boxes"
HAZARDS_LABEL = gettext_lazy("Hazardous areas")
# What is found or searched: label, model, and whether a row needs its place.
FOUND: dict[str, tuple[Any, Any, Any]] = {
    EVIDENCE: (gettext_lazy("Evidence"), models.Evidence, "required"),
    ORDNANCE: (gettext_lazy("Ordnance found"), models.OrdnanceFound, "required"),
    BOXES: (gettext_lazy("Survey boxes"), models.SurveyBox, "optional"),
}
REPORT = ("reference", "date_of_information", "external_id")
HAZARD_FACTS = tuple(n for n in imported(models.HazardousArea) if n not in REPORT)
# What is said of a shape comes with the shape here, so it cannot come alone.
_GROUPS = {leader: n for leader, n in FACT_GROUPS.items() if leader != "geometry"}


def hazards_target(pack: CountryPack) -> Target:
    """Return what can be imported of hazardous areas in a country."""
    said = target_fields(models.HazardReport, pack, REPORT)
    facts = target_fields(models.HazardousArea, pack, HAZARD_FACTS)
    return Target(HAZARDS, HAZARDS_LABEL, (*said, *facts), "optional", pack.bounds)


def found_target(name: str, pack: CountryPack) -> Target:
    """Return what can be imported of what is found in a country, in an area or none.

    The zone of a box is written as people do, such as ``48N``, or as its EPSG code.
    """
    label, model, geometry = FOUND[name]
    reference, day = target_fields(models.HazardReport, pack, REPORT[:2])
    zone: dict[str, Any] = {"label": _("UTM zone"), "kind": "text", "max_length": 12}
    zone |= {"required": False, "minimum": None}
    facts = target_fields(model, pack)
    read = [replace(f, **zone) if f.name == "zone" else f for f in facts]
    fields = (replace(reference, required=False), day, *read)
    return Target(name, label, fields, geometry, pack.bounds)


def report_of(
    run: ImportRun, values: dict[str, Any], digest: str, **said: Any
) -> ReportInput:
    """Return the report of one row: whose it is, its day, and what else it says."""
    return ReportInput(
        date_of_information=values["date_of_information"],
        external_id=values.get("external_id", said.get("reference", "")),
        content_hash=digest,
        batch=run.batch,
        **said,
    )


def prepare_hazards(mapped: MappedBatch, run: ImportRun, by: Actor) -> Prepared:
    """Return one report per row of a register."""
    prepared = Prepared.of(mapped)
    shapes, places = shapes_of(mapped), mapped.places
    typed = FILE if places.method in ("file", "wkt") else TYPED
    facts_of = frozenset(HAZARD_FACTS)
    digests = content_hashes(HAZARDS, mapped)
    for i, row, values in stated_rows(mapped):
        facts = {n: v for n, v in values.items() if n in facts_of}
        if shapes[i] is not None:
            facts |= {"geometry": shapes[i], "geometry_method": typed}
            facts["geometry_crs"] = places.crs[i][:80]
            facts["geometry_text"] = places.texts[i]
        if "external_id" in values:  # of the report; the area has to leave with it
            facts["extra"]["external_id"] = values["external_id"]
        prepared.items[row] = report_of(
            run, values, digests[i], reference=values["reference"], facts=facts
        )
    _refuse_loose(prepared)
    text = _("“%(name)s” stands twice for the same day.")
    refuse_twice(prepared, attrgetter("reference"), text, "double-reference")
    return prepared


def _refuse_loose(prepared: Prepared) -> None:
    """A reason for a status that the row does not give would be lost."""
    for row, item in prepared.items.items():
        for name, leader in loose_facts(item.facts, (), _GROUPS):
            said = loose_message(models.HazardReport, name, leader)
            prepared.complaints.append(Complaint(row, "loose-fact", said, column=name))


def prepare_finds(mapped: MappedBatch, run: ImportRun, by: Actor) -> Prepared:
    """Return one report per find; rows may name the area they belong to."""
    prepared = Prepared.of(mapped)
    target, areas = run.target, areas_named(mapped, run.organisation, by)
    shapes, places = shapes_of(mapped), mapped.places
    digests = content_hashes(target, mapped)
    for i, row, values in stated_rows(mapped):
        reference = values.get("reference", "")
        complaint = no_such_area(row, reference, areas)
        if shapes[i] is None or shapes[i].geom_type != "Point":
            message = _("A find needs the point where it was found.")
            complaint = Complaint(row, "not-a-point", message)
        if complaint:
            prepared.complaints.append(complaint)
            continue
        find = _find(target, values, shapes[i], places.texts[i])
        said = {"hazard": areas.get(reference), target: (find,)}
        prepared.items[row] = report_of(run, values, digests[i], **said)
    return prepared


def areas_named(
    mapped: MappedBatch, organisation: Organisation, by: Actor
) -> dict[str, models.HazardousArea]:
    """Return the areas of an organisation that rows name and ``by`` sees."""
    names = {r for r in mapped.values.get("reference", ()) if r}
    seen = models.HazardousArea.objects.visible_to(by)
    rows = seen.filter(organisation=organisation, reference__in=names)
    return {row.reference: row for row in rows}


def no_such_area(
    row: int, reference: str, areas: dict[str, models.HazardousArea]
) -> Complaint | None:
    """Return the complaint that a row names an area that is not there, if it does."""
    if not reference or reference in areas:
        return None
    message = _("There is no area “%(reference)s”. Import the areas first.")
    said = message % {"reference": reference}
    return Complaint(row, "no-such-area", said, is_open=False)


def _find(target: str, values: dict[str, Any], point: Any, text: str) -> Any:
    kind = EvidenceInput if target == EVIDENCE else OrdnanceInput
    facts = {n: values[n] for n in imported(FOUND[target][1]) if n in values}
    if target == EVIDENCE:
        facts.setdefault("kind", "item")
    return kind(geometry=point, position_text=text[:200], **facts)


def stated_by(target: str, item: ReportInput) -> dict[str, Any]:
    """Return what the claims of a row say of its record, named as this has it."""
    if target == HAZARDS:
        names = {*HAZARD_FACTS, "geometry"}
        return {name: value for name, value in item.facts.items() if name in names}
    is_box = target == BOXES
    (part,) = item.boxes if is_box else getattr(item, target)
    own: tuple[str, ...] = (
        BOX_FACTS if is_box else (*imported(FOUND[target][1]), "geometry")
    )
    said = {name: getattr(part, name) for name in own}
    said["hazard_id"] = item.hazard and item.hazard.pk
    return said | {"grid_number": part.box.number} if is_box else said


NUMBER_PARTS = ("zone", "column", "row")
NUMBERED = {*NUMBER_PARTS, "grid_number", "size_m"}
BOX_FACTS = tuple(n for n in imported(models.SurveyBox) if n not in NUMBERED)
Row = tuple[int, int, dict[str, Any]]


def prepare_boxes(mapped: MappedBatch, run: ImportRun, by: Actor) -> Prepared:
    """Return one report per box; rows may name the area they belong to."""
    prepared = Prepared.of(mapped)
    areas = areas_named(mapped, run.organisation, by)
    digests = content_hashes(BOXES, mapped)
    texts = mapped.places.texts
    for (i, row, values), box in _located(mapped, pack_of(run.country)):
        reference = values.get("reference", "")
        if complaint := no_such_area(row, reference, areas):
            prepared.complaints.append(complaint)
            continue
        if isinstance(box, OffGrid):
            prepared.complaints.append(Complaint.of(row, box, is_open=True))
            continue
        facts = {name: values[name] for name in BOX_FACTS if name in values}
        item = BoxInput(box=box, position_text=texts[i][:200], **facts)
        area = areas.get(reference)
        prepared.items[row] = report_of(
            run, values, digests[i], hazard=area, boxes=(item,)
        )
    text = _("Box %(name)s stands twice for the same day.")
    refuse_twice(prepared, _box_name, text, "double-box")
    return prepared


def _located(
    mapped: MappedBatch, pack: CountryPack
) -> Iterator[tuple[Row, GridBox | OffGrid]]:
    """Yield every sound row with the box that its shape or its number means."""
    rows, shapes = list(stated_rows(mapped)), shapes_of(mapped)
    sizes = [int(values.get("size_m") or usual_size(pack)) for _i, _r, values in rows]
    # Points and polygons, by GEOS's number.
    sound = np.isin(shapely.get_type_id(shapes), (0, 3)) & ~shapely.is_empty(shapes)
    placed = [k for k, (i, _r, _v) in enumerate(rows) if sound[i] and sizes[k] > 0]
    found = find_boxes(
        [shapes[rows[k][0]] for k in placed], [sizes[k] for k in placed], pack
    )
    by_shape = dict(zip(placed, found, strict=True))
    for k, row in enumerate(rows):
        yield row, _agreed(row[2], by_shape.get(k), sizes[k], pack)


def _agreed(
    values: dict[str, Any],
    by_shape: GridBox | OffGrid | None,
    size_m: int,
    pack: CountryPack,
) -> GridBox | OffGrid:
    """Return the box of a row, whose shape and number must mean the same one."""
    text = _number_of(values, pack)
    if not text:
        return by_shape or OffGrid(
            _("A box needs its outline, its middle or its grid number.")
        )
    by_number = read_number(text, size_m)
    if by_number is None:
        message = _("“%(text)s” is no grid number such as 48N-6412-43120.")
        return OffGrid(message % {"text": text}, field="grid_number")
    if isinstance(by_shape, OffGrid):
        return by_shape
    if by_shape not in (None, by_number):
        message = _("The position lies in box %(there)s, the number says %(box)s.")
        said = {"there": by_shape.number, "box": by_number.number}
        return OffGrid(message % said, field="grid_number")
    return by_number


def _number_of(values: dict[str, Any], pack: CountryPack) -> str:
    """Return the grid number that a row states, in one column or in three."""
    if values.get("grid_number"):
        return str(values["grid_number"])
    parts = [values.get(name) for name in NUMBER_PARTS]
    if None in parts:
        return ""
    return "-".join([zone_name(str(parts[0]), pack.utm_zones), *map(str, parts[1:])])


def _box_name(item: ReportInput) -> str:
    return f"{item.boxes[0].box.number} ({item.boxes[0].size_m} m)"
