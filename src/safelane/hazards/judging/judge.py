"""The rules of the country pack, asked of very many rows.

Every rule is the pack's own, asked as for a single report. What makes it quick is
knowing beforehand which rows a rule cannot complain about: shapes are screened all at
once, and rules that look at codes only are asked once per combination. A rule that
neither screen knows is asked about every row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import shapely
from django.db.models import Q
from django.utils import timezone

from safelane.core.bulk.many_values import among
from safelane.core.geo.entry.grid import GridBox
from safelane.core.geo.measure import outline_sizes_m2
from safelane.core.review.findings import told
from safelane.core.scope import Actor
from safelane.core.scope.nearby import Refs, references
from safelane.countries import Rule
from safelane.countries.findings import WARN, Finding, ask_rules
from safelane.hazards.inputs import ReportInput, Verdict
from safelane.hazards.judging.ground import Ground, held_in_boxes, taking_back
from safelane.hazards.judging.sheet import (
    NEW,
    SCREENS,
    Before,
    Edges,
    Limits,
    Near,
    Sheet,
)
from safelane.hazards.models import HazardousArea, HazardPeriod
from safelane.hazards.rules.evaluation import CHECKS, STEPS, nearby
from safelane.organisations.models import Country, Organisation
from safelane.organisations.packs import pack_of

_OUTLINES = 500


@dataclass
class Known:
    """What the database knew of the areas and boxes that rows speak of.

    Args:
        periods: Key, key of the area, its reference, kind, status, west (None without
            an outline), true from and true until.
        outlines: Key of an area and first day -> outline, where finds need it.
        held: Recorded finds in boxes with submunitions.
        taken_back: Key of an area and day of a report that took facts back.
    """

    periods: list[tuple[Any, ...]] = field(default_factory=list)
    outlines: dict[tuple[int, date], Any] = field(default_factory=dict)
    held: dict[GridBox, Refs] = field(default_factory=dict)
    taken_back: set[tuple[int | None, date]] = field(default_factory=set)


class Judge:
    """The rules in force today, for rows in the name of one organisation.

    Args:
        by: For whom findings are put into words.
        lenient: Rules on steps warn only. A register that is taken over as approved
            reports steps that were taken elsewhere: they do not keep a row out.
    """

    def __init__(
        self,
        country: Country,
        organisation: Organisation,
        *,
        by: Actor,
        lenient: bool,
    ) -> None:
        self.pack, self.today = pack_of(country), timezone.localdate()
        self.rules = self.pack.rules(self.today, "hazard")
        self._country, self._organisation = country, organisation
        self._lenient, self._ground = lenient, Ground(organisation, country, by)
        self._limits = Limits.of(self.pack, self.today)
        self._steps: dict[tuple[Any, ...], list[Finding]] = {}
        self._kept: dict[int, dict[str, Any]] = {}
        self._shared: set[int] = set()
        self._told: dict[tuple[int, ...], list[dict[str, Any]]] = {}

    @property
    def seen(self) -> Any:
        """Return the records that the one who asks may see exactly."""
        return self._ground.seen

    def look_up(self, items: Sequence[ReportInput]) -> Known:
        """Find out what holds of the areas and boxes that the rows speak of."""
        named = [i.reference for i in items if i.hazard is None and i.reference]
        keys = {i.hazard.pk for i in items if i.hazard is not None}
        here = among("hazard__reference", named) & Q(
            hazard__organisation=self._organisation
        )
        rows = HazardPeriod.objects.filter(known_to__isnull=True)
        facts = "kind", "status", "geometry_xmin", "valid_from", "valid_to"
        columns = ("pk", "hazard_id", "hazard__reference", *facts)
        found = {
            *rows.filter(here).values_list(*columns),
            *rows.filter(hazard__in=keys).values_list(*columns),
        }
        boxes = (box for item in items for box in item.boxes)
        held = held_in_boxes(boxes, self._country)
        on: Any = taking_back().values_list("hazard_id", "date_of_information")
        taken_back = {*on.filter(here), *on.filter(hazard__in=keys)}
        return Known(list(found), self._outlines(items), held, taken_back)

    def judge(
        self,
        items: Sequence[ReportInput],
        known: Known | None = None,
        unsound: Collection[int] = (),
    ) -> list[ReportInput]:
        """Return the rows with the verdict of the rules, in the same order.

        Asks the database nothing. Rows that are not looked up count as new areas.

        Args:
            unsound: Positions of rows whose outline no rule can look at.
        """
        if not items:
            return []
        shapes = np.array([i.facts.get("geometry") for i in items], dtype=object)
        shapes[list(unsound)] = None
        found = self.findings(self.sheet(items, shapes, known or Known()), unsound)
        return [
            self._with_verdict(item, found.get(i, ())) for i, item in enumerate(items)
        ]

    def join(self, items: Iterable[ReportInput]) -> None:
        """Let later rows be compared with the outlines of these."""
        placed = [i for i in items if i.facts.get("geometry")]
        shapes = [i.facts["geometry"] for i in placed]
        self._ground.join([i.reference for i in placed], shapes)

    def told(self, item: ReportInput) -> list[dict[str, Any]]:
        """Return what the one who asks is told; what rows share is worded once."""
        key = tuple(id(kept) for kept in item.findings)
        if key not in self._told:
            words = told(item.findings, self.seen)
            if not self._shared.issuperset(key):
                return words
            self._told[key] = words
        return self._told[key]

    def _with_verdict(
        self, item: ReportInput, findings: Iterable[Finding]
    ) -> ReportInput:
        kept = tuple(self._kept.get(id(f)) or f.as_json() for f in findings)
        said = item.date_of_information, item.facts, item.beside()
        verdict = Verdict(self.today, self._country.pk, *said, kept)
        return replace(item, verdict=verdict)

    def findings(
        self, sheet: Sheet, unsound: Collection[int] = ()
    ) -> dict[int, list[Finding]]:
        """Return what the rules find, by position."""
        edges, facts = Edges(sheet.shapes), cache(sheet.__getitem__)
        found: dict[int, list[Finding]] = {}
        for rule in self.rules:
            if rule.key in STEPS:
                continue
            for i in self._suspects(rule, sheet, edges):
                found.setdefault(i, []).extend(ask_rules([rule], CHECKS, facts(i)))
        for i, key in enumerate(sheet.steps()):
            if steps := self._ask_steps(key, facts, i):
                found.setdefault(i, []).extend(steps)
        for i in sheet.near:
            found.setdefault(i, []).extend(nearby(facts(i)))
        return {i: f for i, f in found.items() if f and i not in unsound}

    def _suspects(self, rule: Rule, sheet: Sheet, edges: Edges) -> Any:
        screen = SCREENS.get(rule.key)
        if screen is None:
            return range(len(sheet))
        return np.flatnonzero(screen(sheet, edges, rule)).tolist()

    def _ask_steps(
        self, key: tuple[Any, ...] | None, facts: Callable[[int], Any], i: int
    ) -> list[Finding]:
        if key is not None and key in self._steps:
            return self._steps[key]
        rules = [rule for rule in self.rules if rule.key in STEPS]
        found = ask_rules(rules, CHECKS, facts(i))
        if self._lenient:
            found = [replace(f, severity=WARN) for f in found]
        if key is not None:
            self._steps[key] = found  # keeps the findings, and so their ids, alive
            kept = {id(f): f.as_json() for f in found}
            self._kept |= kept
            self._shared.update(map(id, kept.values()))
        return found

    def sheet(self, items: Sequence[ReportInput], shapes: Any, known: Known) -> Sheet:
        """Return the facts of rows as the rules look at them."""
        placed = np.flatnonzero(~shapely.is_missing(shapes)).tolist()
        names = [i.hazard.reference if i.hazard else i.reference for i in items]
        names = [names[i] for i in placed]
        places = self._ground.places(names)
        shared = self._ground.overlaps(names, shapes[placed])
        before = _before(items, known)
        return Sheet(
            items=items,
            shapes=shapes,
            areas=outline_sizes_m2(shapes),
            limits=self._limits,
            before=before,
            overlaps={placed[i]: facts for i, facts in shared.items()},
            near=self._near(shapes, before),
            held=known.held,
            places={placed[i]: place for i, place in places.items()},
        )

    def _near(self, shapes: Any, before: Mapping[int, Before]) -> dict[int, Near]:
        found = {}
        reach_m = min(self._limits.near_m, self._limits.far_m)
        for i, shape in enumerate(shapes):
            was = before.get(i, NEW).rows
            unseen = tuple(ref for ref in was if ref not in self.seen)
            evidence, inside = self._ground.direct_evidence(shape, reach_m)
            land, finds = self._ground.nearby(shape, self._limits.near_m)
            if evidence or land or finds or unseen:
                finds += unseen if shape is None else ()
                found[i] = Near(evidence, inside, land, finds)
        return found

    def _outlines(self, items: Sequence[ReportInput]) -> dict[tuple[int, date], Any]:
        keys = sorted({i.hazard.pk for i in items if i.hazard and _has_finds(i)})
        rows = HazardPeriod.objects.filter(known_to__isnull=True)
        found: dict[tuple[int, date], Any] = {}
        for start in range(0, len(keys), _OUTLINES):
            part = rows.filter(hazard__in=keys[start : start + _OUTLINES])
            for row in part.only("hazard", "valid_from", "geometry"):
                found[row.hazard_id, row.valid_from] = row.geometry
        return found


def _has_finds(item: ReportInput) -> bool:
    return bool(item.evidence or item.ordnance)


def _before(items: Sequence[ReportInput], known: Known) -> dict[int, Before]:
    """Return what held of areas that exist, on the day of each row."""
    of: dict[Any, list[int]] = {}
    for i, item in enumerate(items):
        name = item.hazard.pk if item.hazard is not None else item.reference
        of.setdefault(name, []).append(i)
    found: dict[int, Before] = {}
    for pk, key, reference, kind, status, west, begins, ends in known.periods:
        rows = references(HazardPeriod, [pk])
        for i in (*of.get(key, ()), *of.get(reference, ())):
            found.setdefault(i, Before(rows=references(HazardousArea, [key])))
            day = items[i].date_of_information
            if begins <= day and not (ends is not None and ends <= day):
                outline = known.outlines.get((key, begins))
                is_settled = begins == day or (key, day) in known.taken_back
                said = kind, status, west is not None, outline, is_settled, rows
                found[i] = Before(*said)
    return found
