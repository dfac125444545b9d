"""The land that is registered already, for one report and for very many rows.

One saved report is judged by queries; for the rows of a file, the land is held so that
all of them can be compared with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.db.models import F, Q, QuerySet
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.entry.grid import GridBox, squares
from safelane.core.geo.measure import areas_m2, distance_m
from safelane.core.review import stages
from safelane.core.review.findings import all_seen
from safelane.core.scope import Actor, system_actor
from safelane.core.scope.nearby import (
    Refs,
    box_around,
    published_reach,
    recorded_in_cells,
    references,
)
from safelane.countries import CountryPack
from safelane.countries.findings import Finding
from safelane.hazards.choices import BOX_SUBMUNITION, DIRECT, SUBMUNITION
from safelane.hazards.inputs import ReportInput
from safelane.hazards.judging.sheet import Before, Limits, Near, Sheet
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardPeriod,
    HazardReport,
    OrdnanceFound,
)
from safelane.hazards.queries import overlapping, state_of
from safelane.hazards.rules.evaluation import evaluate
from safelane.hazards.rules.facts import OverlapFacts, ReportFacts
from safelane.hazards.traverses import closure_of
from safelane.organisations.models import Country, Organisation
from safelane.organisations.packs import pack_of


class Layer:
    """Some areas with an index over them; the key is 0 of one that is not saved."""

    def __init__(self, names: list[str], keys: list[int], shapes: Any) -> None:
        self.names, self.keys = names, keys
        self.shapes = np.asarray(shapes, dtype=object)
        self.tree = shapely.STRtree(self.shapes)


class Ground:
    """All areas of a country and the direct evidence on them.

    The rules see the land of all organisations, whoever asks: ground is shared. Rows of
    the file join as they are judged, so that they are compared with each other too.

    Args:
        organisation: Whose the rows of the file are; references are unique in it only.

    Attributes:
        seen: The records that the one who asks may see exactly.
    """

    def __init__(self, organisation: Organisation, country: Country, by: Actor) -> None:
        areas = HazardousArea.objects.filter(
            country=country, is_withdrawn=False, geometry__isnull=False
        )
        asked = areas.values_list("reference", "pk", "geometry", "area_m2")
        columns = [list(column) for column in zip(*asked.iterator(), strict=True)]
        names, keys, shapes, sizes = columns or ([], [], [], [])
        self._layers = [Layer(names, keys, shapes)]
        others = areas.exclude(organisation=organisation)
        self._of_others = frozenset(others.values_list("pk", flat=True))
        direct = _direct(country)
        found = list(direct.annotate(place=F("geometry")).values_list("pk", "place"))
        self._evidence_keys = [key for key, _place in found]
        self._evidence = np.array([place for _key, place in found], dtype=object)
        self._evidence_tree = shapely.STRtree(self._evidence)
        waiting = _proposals(organisation, country)
        self.seen = all_seen(by, country.pk, [*_spoken_of(country), waiting])
        areas_found = (HazardousArea, keys, shapes, sizes)
        evidence = (Evidence, self._evidence_keys, self._evidence, ())
        self._unseen = [self._out_of_sight(*f) for f in (areas_found, evidence)]
        own = zip(names, keys, shapes, strict=True)
        placed = waiting.annotate(at=F("geometry"))
        proposed = (
            (name, (place, ref))
            for key, name, place in placed.values_list("pk", "reference", "at")
            if (ref := references(HazardReport, [key]))[0] in self.seen
        )
        self._places: dict[str, tuple[Any, Refs]] = dict(proposed)
        self._places |= {
            name: (place, references(HazardousArea, [key]))
            for name, key, place in own
            if key not in self._of_others
        }

    def _out_of_sight(
        self, model: Any, keys: Any, shapes: Any, sizes: Any
    ) -> tuple[Any, Refs]:
        refs = references(model, keys)
        hidden = [i for i, ref in enumerate(refs) if ref not in self.seen]
        boxes = [shapes[i].bounds for i in hidden]
        reach = published_reach(boxes, [sizes[i] for i in hidden if sizes])
        return shapely.STRtree(shapely.box(*reach.T)), tuple(refs[i] for i in hidden)

    def nearby(self, shape: Any, near_m: float) -> tuple[Refs, ...]:
        """Return an area, and evidence, out of sight that a shape may meet.

        Evidence also where its cell is as near as ``near_m`` metres.
        """
        found: list[Refs] = []
        for (tree, refs), metres in zip(self._unseen, (0.0, near_m), strict=True):
            if shape is None or not refs:
                found.append(())
                continue
            met = tree.query(shapely.box(*box_around([shape], metres)))
            found.append((refs[int(met[0])],) if len(met) else ())
        return tuple(found)

    def join(self, names: list[str], shapes: Any) -> None:
        """Add the rows of a batch that has been judged.

        Layers of like size are merged, so that there are few to look through however
        many batches come.
        """
        if not names:
            return
        self._places |= {n: (s, ()) for n, s in zip(names, shapes, strict=True)}
        new = Layer(names, [0] * len(names), shapes)
        while self._layers and len(self._layers[-1].names) <= 2 * len(new.names):
            last = self._layers.pop()
            merged = np.concatenate([last.shapes, new.shapes])
            new = Layer(last.names + new.names, last.keys + new.keys, merged)
        self._layers.append(new)

    def places(self, names: list[str]) -> dict[int, tuple[Any, Refs]]:
        """Return, by position, where areas of these references lie so far."""
        known = ((i, self._places.get(name)) for i, name in enumerate(names) if name)
        return {i: place for i, place in known if place is not None}

    def overlaps(
        self, names: list[str], shapes: Any
    ) -> dict[int, tuple[OverlapFacts, ...]]:
        """Return, by position, the other areas that share ground with each shape."""
        found: dict[int, dict[str | int, OverlapFacts]] = {}
        own = Layer(names, [0] * len(names), shapes)
        for layer in [*self._layers, own]:
            for i, j, common, share in shared_ground(own, layer):
                name, key = layer.names[j], layer.keys[j]
                area = key if key in self._of_others else name
                facts = found.setdefault(i, {})
                if area == names[i] or (key and area in facts):
                    continue  # a row of the file tells of its area last
                rows = references(HazardousArea, [key]) if key else ()
                fact = OverlapFacts(
                    reference=name, share=share, area_m2=common, rows=rows
                )
                facts[area] = fact
        return {i: tuple(facts.values()) for i, facts in found.items() if facts}

    def direct_evidence(self, shape: Any, near_m: float) -> tuple[Refs, Refs]:
        """Return the pieces of direct evidence that lie near a shape, and inside."""
        if shape is None or not len(self._evidence):
            return (), ()
        box = shapely.box(*box_around([shape], near_m))
        met = self._evidence_tree.query(box)
        near = [i for i in met if distance_m(shape, self._evidence[i]) <= near_m]
        inside = [i for i in near if shape.intersects(self._evidence[i])]
        keys = self._evidence_keys
        return (
            references(Evidence, [keys[i] for i in near]),
            references(Evidence, [keys[i] for i in inside]),
        )


def shared_ground(
    own: Layer, other: Layer | None = None
) -> list[tuple[int, int, float, float]]:
    """Return the pairs that share ground: positions, common m², share of the smaller.

    Args:
        other: What they are compared with; with each other, each pair once, when None.
    """
    layer = own if other is None else other
    pairs = layer.tree.query(own.shapes, predicate="intersects")
    if other is None:
        pairs = pairs[:, pairs[0] < pairs[1]]
    elif own is other:
        pairs = pairs[:, pairs[0] != pairs[1]]
    mine, theirs = pairs
    if not len(mine):
        return []
    common = areas_m2(shapely.intersection(own.shapes[mine], layer.shapes[theirs]))
    smaller = np.minimum(areas_m2(own.shapes[mine]), areas_m2(layer.shapes[theirs]))
    shares = np.divide(common, smaller, out=np.zeros_like(common), where=smaller > 0)
    rows = zip(mine, theirs, common, shares, strict=True)
    return [(int(i), int(j), float(a), float(s)) for i, j, a, s in rows if a > 0]


def held_in_boxes(boxes: Iterable[Any], country: Country) -> dict[GridBox, Refs]:
    """Return what is recorded in each box in which submunitions are said to lie.

    That is approved direct evidence, and submunitions found.
    """
    red = [box.box for box in boxes if box.result == BOX_SUBMUNITION]
    found: dict[GridBox, Refs] = {}
    if not red:
        return found
    outlines = squares(red)
    around = shapely.box(*shapely.total_bounds(outlines))
    for rows in (_direct(country), _submunitions(country)):
        here = rows.filter(geometry__intersects=around).annotate(at=F("geometry"))
        known = list(here.values_list("pk", "at"))
        refs = references(rows.model, [key for key, _place in known])
        tree = shapely.STRtree([place for _key, place in known])
        for i, j in tree.query(outlines, predicate="covers").T.tolist():
            found[red[i]] = (*found.get(red[i], ()), refs[j])
    return found


def _spoken_of(country: Country) -> tuple[QuerySet[Any], ...]:
    """Return all that a finding of the rules may speak of in a country."""
    areas = HazardousArea.objects.filter(country=country)
    then = HazardPeriod.objects.filter(known_to=None, hazard__country=country)
    return areas, then, _direct(country), _submunitions(country)


def _proposals(organisation: Organisation, country: Country) -> QuerySet[HazardReport]:
    """Return the reports that wait and place an area that is not recorded yet."""
    rows = HazardReport.objects.filter(organisation=organisation, country=country)
    waiting = rows.filter(stage__in=stages.WAITING, hazard=None).order_by("pk")
    return waiting.exclude(reference="").filter(geometry__isnull=False)


def _direct(country: Country) -> Any:
    """Return all approved direct evidence of a country."""
    approved = Evidence.objects.filter(report__stage=stages.APPROVED, country=country)
    return approved.filter(directness=DIRECT)


def _submunitions(country: Country) -> Any:
    """Return all submunitions that approved reports found in a country."""
    rows = OrdnanceFound.objects.filter(report__stage=stages.APPROVED, country=country)
    return rows.filter(category=SUBMUNITION)


def evaluate_report(report: HazardReport, day: date) -> list[Finding]:
    """Return what the rules in force on a day say of a saved report."""
    pack = pack_of(report.country)
    return evaluate(report_facts(report, pack, day), pack, day)


def report_facts(report: HazardReport, pack: CountryPack, today: date) -> ReportFacts:
    """Return a report with what the register knows around it, whoever may see it."""
    limits, before, said = Limits.of(pack, today), _before(report), _said(report)
    sheet = Sheet(
        items=[said],
        shapes=np.array([report.geometry], dtype=object),
        areas=np.array([report.area_m2], dtype=float),
        limits=limits,
        before={0: before},
        overlaps={0: _overlaps(report)},
        near={0: _near(report, said.boxes, before, limits)},
        held=held_in_boxes(said.boxes, report.country),
        places=_place(report),
    )
    facts: ReportFacts = sheet[0]
    return replace(facts, **closure_of(report))


def _said(report: HazardReport) -> ReportInput:
    """Return what a report says; the rows beside the facts as they are saved."""
    beside: dict[str, Any] = {
        name: tuple(getattr(report, name).order_by("pk"))
        for name in ("evidence", "ordnance", "boxes", "points")
    }
    return ReportInput(
        date_of_information=report.date_of_information,
        facts=report.stated_facts(),
        **beside,
    )


def _before(report: HazardReport) -> Before:
    """Return what held of the area on the day of a report, before it."""
    hazard, day = report.hazard, report.date_of_information
    known = None if hazard is None else state_of(hazard, system_actor(), on=day)
    if known is None:
        return Before(rows=_area(report))
    outline = known.geometry
    same = taking_back().filter(hazard=hazard, date_of_information=day)
    is_settled = known.valid_from == day or same.exists()
    rows = references(HazardPeriod, [known.pk])
    said = known.kind, known.status, outline is not None, outline, is_settled, rows
    return Before(*said)


def taking_back() -> QuerySet[HazardReport]:
    """Return approved reports that take facts back, by which no period need begin."""
    return HazardReport.objects.filter(stage=stages.APPROVED).exclude(retracts=[])


def _place(report: HazardReport) -> dict[int, tuple[Any, Refs]]:
    """Return where the area of a report lies now, beside the place that it states."""
    now = report.hazard and report.hazard.geometry
    return {0: (now, _area(report))} if now and report.geometry else {}


def _area(report: HazardReport) -> Refs:
    return references(HazardousArea, [report.hazard_id] if report.hazard_id else [])


def _near(
    report: HazardReport, boxes: Iterable[Any], before: Before, limits: Limits
) -> Near:
    """Return the evidence near, and by whole cells what somebody may not see."""
    ground = report.geometry or before.outline
    evidence = [
        (row.pk, ground is not None and ground.intersects(row.geometry))
        for row in _recorded_evidence(report, ground, limits)
        if ground is None or distance_m(ground, row.geometry) <= limits.far_m
    ]
    land: Refs = ()
    if report.geometry is not None:
        others = HazardousArea.objects.filter(is_withdrawn=False)
        others = others.exclude(pk__in=[report.hazard_id or 0])
        land = recorded_in_cells(others, box_around([report.geometry], 0), "area_m2")
    places = [row.geometry for row in boxes if row.result == BOX_SUBMUNITION]
    if ground is not None and _asks_evidence(report):
        places.append(ground)
    unseen = _finds_in_cells(report, places, limits.near_m)
    return Near(
        evidence=references(Evidence, [key for key, _is_inside in evidence]),
        inside=references(Evidence, [key for key, is_inside in evidence if is_inside]),
        unseen_land=land,
        unseen_finds=unseen if report.geometry is not None else unseen + before.rows,
    )


def _recorded_evidence(
    report: HazardReport, ground: BaseGeometry | None, limits: Limits
) -> Any:
    """Return direct evidence of the report's area, and on or near the ground."""
    where = Q(hazard=report.hazard_id) if report.hazard_id else Q(pk__in=())
    if ground is not None:
        where |= Q(geometry__dwithin=(ground, limits.near_m))
    return _direct(report.country).filter(where).exclude(report=report)


def _asks_evidence(report: HazardReport) -> bool:
    return bool(report.kind or report.status)


def _finds_in_cells(
    report: HazardReport, places: list[BaseGeometry], near_m: float
) -> Refs:
    linked: Refs = ()
    if report.hazard_id is not None and _asks_evidence(report):
        own = _direct(report.country).filter(hazard=report.hazard_id)
        linked = references(Evidence, own.values_list("pk", flat=True))
    if not places:
        return linked
    box = box_around(places, near_m)
    direct, finds = _direct(report.country), _submunitions(report.country)
    return (*linked, *recorded_in_cells(direct, box), *recorded_in_cells(finds, box))


def _overlaps(report: HazardReport) -> tuple[OverlapFacts, ...]:
    if report.geometry is None:
        return ()
    # The rules see all areas of the register, whoever asks: ground is shared by all.
    found = overlapping(system_actor(), report.geometry, exclude=report.hazard_id)
    return tuple(
        OverlapFacts(
            reference=o.hazard.reference,
            share=o.share,
            area_m2=o.area_m2,
            rows=references(HazardousArea, [o.hazard.pk]),
        )
        for o in found
    )
