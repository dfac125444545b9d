"""The rules of the country pack, asked of very many rows.

Every rule is the pack's own, asked as for a single report. What makes it quick is
knowing beforehand which rows a rule cannot complain about: shapes are screened all at
once, and rules that look at codes only are asked once per combination. A rule that
neither screen knows is asked about every row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.utils import timezone

from safelane.core.bulk.among import among
from safelane.core.geo.areas import areas_m2
from safelane.core.geo.checks import check_many
from safelane.countries import Rule, load_pack
from safelane.countries.findings import WARN, Finding, ask_rules
from safelane.exchange.imports.faults import from_finding, from_geometry_fault
from safelane.exchange.intake import Complaint, Prepared
from safelane.hazards.exchange.ground import Ground
from safelane.hazards.exchange.screens import SCREENS, Edges
from safelane.hazards.exchange.sheet import Before, Sheet
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardPeriod
from safelane.hazards.rules import ReportFacts
from safelane.hazards.rules.evaluation import CHECKS
from safelane.organisations.models import Country, Organisation

NEAR_PARAMETER = "near_evidence_m"
# Reference, kind, status, west (None without a polygon), true from, true until.
Known = tuple[str, str, str, float | None, date, date | None]
# Rules on what land may become judge a step. A register that is taken over reports
# steps that were taken elsewhere: they are shown and kept, and do not keep a row out.
STEPS = frozenset(
    key for key, check in CHECKS.items() if check.__module__.endswith(".land")
)


class Judge:
    """The rules in force today, for the rows of one import.

    Args:
        lenient: Rules on steps warn only (a register taken over as approved).
    """

    def __init__(
        self, country: Country, organisation: Organisation, *, lenient: bool
    ) -> None:
        self.pack = load_pack(country.pack)
        self.today = timezone.localdate()
        self.rules = self.pack.rules(self.today, "hazard")
        self._organisation, self._lenient = organisation, lenient
        self._near_m = float(self.pack.parameter(NEAR_PARAMETER, self.today))
        self._ground = Ground(country)
        self._steps: dict[tuple[Any, ...], list[Finding]] = {}
        self._shared: dict[int, Any] = {}
        self._worded: dict[int, Complaint] = {}

    def look_up(self, prepared: Prepared) -> None:
        """Find out what holds of the areas that the rows speak of."""
        names = {i.reference for i in prepared.items.values() if i.reference}
        prepared.known = self._periods(list(names))

    def judge(self, prepared: Prepared) -> None:
        """Add what rules and geometry checks say; drop the rows that cannot stand.

        Asks the database nothing. Rows that are not looked up count as new areas.
        """
        prepared.drop_faulty()
        rows, items = list(prepared.items), list(prepared.items.values())
        if not rows:
            return
        shapes = np.array([i.facts.get("geometry") for i in items], dtype=object)
        unsound = self._geometry_faults(rows, shapes, prepared)
        sound = shapes.copy()
        sound[list(unsound)] = None
        before = _before(items, prepared.known or ())
        findings = self._findings(self._facts(items, sound, before), unsound)
        for i, found in findings.items():
            prepared.complaints += [self._complaint(rows[i], f) for f in found]
            kept = tuple(self._kept(f) for f in found)
            prepared.items[rows[i]] = replace(items[i], findings=kept)
        prepared.drop_faulty()
        self._join(prepared)

    def _kept(self, finding: Finding) -> dict[str, Any]:
        """Return a finding as it is stored; findings shared by rows only once."""
        key = id(finding)
        if key not in self._shared:
            return finding.as_json()
        kept: dict[str, Any] | None = self._shared[key]
        if kept is None:
            kept = self._shared[key] = finding.as_json()
        return kept

    def _complaint(self, row: int, finding: Finding) -> Complaint:
        """Return a finding about a row; what rows share is put into words once."""
        key = id(finding)
        if key not in self._shared:
            return from_finding(row, finding)
        if key not in self._worded:
            self._worded[key] = from_finding(row, finding)
        return replace(self._worded[key], row=row)

    def _join(self, prepared: Prepared) -> None:
        placed = [i for i in prepared.items.values() if i.facts.get("geometry")]
        shapes = [i.facts["geometry"] for i in placed]
        self._ground.join([i.reference for i in placed], shapes)

    def _geometry_faults(
        self, rows: list[int], shapes: Any, prepared: Prepared
    ) -> set[int]:
        unsound: set[int] = set()
        for i, faults in check_many(shapes, bounds=self.pack.bounds).items():
            if shapes[i] is None:
                continue
            found = [from_geometry_fault(rows[i], fault) for fault in faults]
            prepared.complaints += found
            if any(c.blocks for c in found):
                unsound.add(i)
        return unsound

    def _findings(self, sheet: Sheet, unsound: set[int]) -> dict[int, list[Finding]]:
        edges = Edges(sheet.shapes)
        found: dict[int, list[Finding]] = {}
        for rule in self.rules:
            if rule.key in STEPS:
                continue
            for i in self._suspects(rule, sheet, edges):
                if i not in unsound:
                    found.setdefault(i, []).extend(_ask([rule], sheet[i]))
        for i, key in enumerate(sheet.steps()):
            if key not in self._steps:
                self._ask_steps(key, sheet[i])
            steps = self._steps[key]
            if steps and i not in unsound:
                found.setdefault(i, []).extend(steps)
        return {i: f for i, f in found.items() if f}

    def _suspects(self, rule: Rule, sheet: Sheet, edges: Edges) -> Any:
        screen = SCREENS.get(rule.key)
        if screen is None:
            return range(len(sheet))
        return np.flatnonzero(screen(sheet, edges, rule)).tolist()

    def _ask_steps(self, key: tuple[Any, ...], fact: ReportFacts) -> None:
        rules = [rule for rule in self.rules if rule.key in STEPS]
        found = _ask(rules, fact)
        if self._lenient:
            found = [replace(f, severity=WARN) for f in found]
        self._steps[key] = found  # keeps the findings, and so their ids, alive
        self._shared |= dict.fromkeys((id(f) for f in found), None)

    def _facts(
        self, items: list[ReportInput], shapes: Any, before: dict[int, Before]
    ) -> Sheet:
        placed = np.flatnonzero(~shapely.is_missing(shapes))
        names = [items[i].reference for i in placed]
        shared = self._ground.overlaps(names, shapes[placed])
        return Sheet(
            items,
            shapes,
            areas_m2(shapes),
            today=self.today,
            bounds=self.pack.bounds,
            before=before,
            overlaps={int(placed[i]): facts for i, facts in shared.items()},
            near=self._ground.direct_evidence_of(shapes, self._near_m),
        )

    def _periods(self, names: list[str]) -> list[Known]:
        rows = HazardPeriod.objects.filter(
            among("hazard__reference", names),
            hazard__organisation=self._organisation,
            known_to__isnull=True,
        )
        facts = "kind", "status", "geometry_xmin", "valid_from", "valid_to"
        return list(rows.values_list("hazard__reference", *facts))


def _before(items: list[ReportInput], known: Iterable[Known]) -> dict[int, Before]:
    """Return what held of areas that exist, on the day of each row."""
    names = {item.reference: i for i, item in enumerate(items) if item.reference}
    found: dict[int, Before] = {}
    for reference, kind, status, west, begins, ends in known:
        i = names.get(reference)
        if i is None:
            continue
        day = items[i].date_of_information
        if begins <= day and not (ends is not None and ends <= day):
            found[i] = (kind, status, west is not None)
    return found


def _ask(rules: list[Rule], fact: ReportFacts) -> list[Finding]:
    checks: Mapping[str, Callable[..., Any]] = CHECKS
    return list(ask_rules(rules, checks, fact))
