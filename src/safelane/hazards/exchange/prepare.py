"""What can be imported, and from mapped rows to what the actions take."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.geo.entry.outline import FILE, TYPED
from safelane.core.review.writing import loose_facts, loose_message
from safelane.core.scope import Actor
from safelane.countries import CountryPack
from safelane.exchange.facts import imported, target_fields
from safelane.exchange.kinds import Complaint, Prepared, shapes_of
from safelane.exchange.mapping.apply import MappedBatch
from safelane.exchange.mapping.model import Target
from safelane.exchange.models import ImportRun
from safelane.hazards.facts import FACT_GROUPS
from safelane.hazards.inputs import EvidenceInput, OrdnanceInput, ReportInput
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardReport,
    OrdnanceFound,
    SurveyBox,
)
from safelane.organisations.models import Organisation

HAZARDS, EVIDENCE, ORDNANCE = "hazards", "evidence", "ordnance"
BOXES = "survey-boxes"
HAZARDS_LABEL = gettext_lazy("Hazardous areas")
# What is found or searched: label, model, and whether a row needs its place.
FOUND: dict[str, tuple[Any, Any, Any]] = {
    EVIDENCE: (gettext_lazy("Evidence"), Evidence, "required"),
    ORDNANCE: (gettext_lazy("Ordnance found"), OrdnanceFound, "required"),
    BOXES: (gettext_lazy("Survey boxes"), SurveyBox, "optional"),
}
REPORT = ("reference", "date_of_information", "external_id")
HAZARD_FACTS = tuple(n for n in imported(HazardousArea) if n not in REPORT)
# What is said of a shape comes with the shape here, so it cannot come alone.
_GROUPS = {leader: n for leader, n in FACT_GROUPS.items() if leader != "geometry"}


def hazards_target(pack: CountryPack) -> Target:
    """Return what can be imported of hazardous areas in a country."""
    said = target_fields(HazardReport, pack, REPORT)
    facts = target_fields(HazardousArea, pack, HAZARD_FACTS)
    return Target(HAZARDS, HAZARDS_LABEL, (*said, *facts), "optional", pack.bounds)


def found_target(name: str, pack: CountryPack) -> Target:
    """Return what can be imported of what is found in a country, in an area or none.

    The zone of a box is written as people do, such as ``48N``, or as its EPSG code.
    """
    label, model, geometry = FOUND[name]
    reference, day = target_fields(HazardReport, pack, REPORT[:2])
    zone: dict[str, Any] = {"label": _("UTM zone"), "kind": "text", "max_length": 12}
    zone |= {"required": False, "minimum": None}
    facts = target_fields(model, pack)
    read = [replace(f, **zone) if f.name == "zone" else f for f in facts]
    fields = (replace(reference, required=False), day, *read)
    return Target(name, label, fields, geometry, pack.bounds)


def content_hashes(target: str, mapped: MappedBatch) -> list[str]:
    """Return the SHA-256 of what each row says: an equal row is not imported again."""
    parts = [_members(name, mapped.values[name]) for name in sorted(mapped.values)]
    said = zip(*parts, strict=True) if parts else [()] * len(mapped.rows)
    found = []
    rows = zip(said, mapped.places.geometry, mapped.rest, strict=True)
    for members, wkb, rest in rows:
        more = _as_json(rest) if rest else "{}"
        text = f'["{target}", {{{", ".join(filter(None, members))}}}, {more}]'
        digest = hashlib.sha256(text.encode() + b"\0" + (wkb or b"")).hexdigest()
        found.append(digest)
    return found


def _members(name: str, values: list[Any]) -> list[str]:
    """Return the members of JSON objects that hold one field; "" where it is unsaid."""
    start = f"{quoted(name)}: "
    return [
        "" if value is None
        else start + quoted(value) if type(value) is str
        else start + _day(value) if type(value) is date
        else start + _as_json(value)
        for value in values
    ]  # fmt: skip


def _as_json(value: Any) -> str:
    if type(value) is float and isfinite(value):
        return repr(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


_day = lru_cache(4096)(_as_json)  # the same days stand in very many rows


def stated_rows(mapped: MappedBatch) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Yield position, row number and stated values of the rows without faults."""
    faulty = {f.row for f in mapped.faults if f.level == "error"}
    columns = list(mapped.values.items())
    for i, row in enumerate(mapped.rows):
        if row not in faulty:
            yield i, row, {n: c[i] for n, c in columns if c[i] is not None}


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


def prepare_hazards(mapped: MappedBatch, run: ImportRun) -> Prepared:
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
            facts["geometry_crs"] = places.crs[:80]
            facts["geometry_text"] = places.texts[i]
        if mapped.rest[i]:
            facts["extra"] = mapped.rest[i]
        prepared.items[row] = report_of(
            run, values, digests[i], reference=values["reference"], facts=facts
        )
    _refuse_loose(prepared)
    _refuse_double_references(prepared)
    return prepared


def _refuse_loose(prepared: Prepared) -> None:
    """A reason for a status that the row does not give would be lost."""
    for row, item in prepared.items.items():
        for name, leader in loose_facts(item.facts, (), _GROUPS):
            said = loose_message(HazardReport, name, leader)
            prepared.complaints.append(Complaint(row, "loose-fact", said, column=name))


def _refuse_double_references(prepared: Prepared) -> None:
    """Two rows on one area and day contradict each other unless they are equal."""
    seen: dict[tuple[str, date], ReportInput] = {}
    for row, item in prepared.items.items():
        key = (item.reference, item.date_of_information)
        first = seen.setdefault(key, item)
        if first is not item and first.content_hash != item.content_hash:
            message = _("“%(reference)s” stands twice for the same day.")
            said = message % {"reference": item.reference}
            prepared.complaints.append(Complaint(row, "double-reference", said))


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
) -> dict[str, HazardousArea]:
    """Return the areas of an organisation that rows name and ``by`` sees."""
    names = {r for r in mapped.values.get("reference", ()) if r}
    seen = HazardousArea.objects.visible_to(by)
    rows = seen.filter(organisation=organisation, reference__in=names)
    return {row.reference: row for row in rows}


def no_such_area(
    row: int, reference: str, areas: dict[str, HazardousArea]
) -> Complaint | None:
    """Return the complaint that a row names an area that is not there, if it does."""
    if not reference or reference in areas:
        return None
    message = _("There is no area “%(reference)s”. Import the areas first.")
    return Complaint(row, "no-such-area", message % {"reference": reference})


def _find(target: str, values: dict[str, Any], point: Any, text: str) -> Any:
    kind = EvidenceInput if target == EVIDENCE else OrdnanceInput
    facts = {n: values[n] for n in imported(FOUND[target][1]) if n in values}
    if target == EVIDENCE:
        facts.setdefault("kind", "item")
    return kind(geometry=point, position_text=text[:200], **facts)
