"""Rules asked of many rows say what they say of each row alone."""

from __future__ import annotations

from datetime import date
from functools import partial

import numpy as np
import pytest
import shapely
from django.utils import timezone

from safelane.core.review.queries import findings_now
from safelane.core.scope import system_actor
from safelane.countries import load_pack
from safelane.exchange.imports.reports import complaint_of
from safelane.exchange.kinds import Prepared
from safelane.exchange.models import ImportRun
from safelane.hazards.actions import REPORTS
from safelane.hazards.exchange.imports import judge_rows
from safelane.hazards.inputs import ReportInput
from safelane.hazards.judging.judge import Judge, Known
from safelane.hazards.judging.sheet import SCREENS, Before
from safelane.hazards.rules.evaluation import CHECKS, STEPS, evaluate
from safelane.hazards.tests.conftest import claims
from safelane.hazards.tests.steps import approved, area_from, draft


def polygons(count: int, seed: int) -> list[object]:
    """Squares, slivers, huge ones, some outside, some with double corners."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        x, y = rng.uniform(99, 109), rng.uniform(13, 23)
        side = 10 ** rng.uniform(-6, -0.5)
        corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
        if rng.random() < 0.3:
            corners.insert(1, (x + rng.choice([0, 1e-9, 1e-6]), y))
        found.append(shapely.Polygon(corners))
    return found


def inputs(count: int, seed: int) -> dict[int, ReportInput]:
    rng = np.random.default_rng(seed)
    rows = {}
    for n, shape in enumerate(polygons(count, seed), start=1):
        facts = {
            "kind": str(rng.choice(["sha", "cha", "indication"])),
            "status": str(rng.choice(["open", "closed", "released"])),
            "geometry": shape,
        }
        if rng.random() < 0.5:
            facts["stated_area_m2"] = float(rng.uniform(1, 1e6))
        if rng.random() < 0.3:
            facts["depth_cm"] = int(rng.integers(0, 3000))
        day = date(int(rng.integers(1930, 2030)), 1, 1)
        rows[n] = ReportInput(date_of_information=day, reference=f"R{n}", facts=facts)
    return rows


@pytest.mark.parametrize("seed", range(3))
def test_many_at_once_say_what_each_alone_says(field, seed):
    rows = inputs(150, seed)
    judge = Judge(field.country, field.authority, by=system_actor(), lenient=False)
    items = list(rows.values())
    shapes = np.array([i.facts["geometry"] for i in items], dtype=object)
    sheet = judge.sheet(items, shapes, Known())
    together = judge.findings(sheet)
    pack, today = load_pack("laos"), timezone.localdate()
    for i, facts in enumerate(sheet):
        alone = sorted(f.rule for f in evaluate(facts, pack, today))
        assert sorted(f.rule for f in together.get(i, [])) == alone, rows[i + 1]


def test_a_hidden_past_counts_as_near_only_where_no_outline_is_given(field):
    """What an outline meets follows from the outline."""
    judge = Judge(field.country, field.operator, by=field.reader, lenient=False)
    hidden = Before(rows=(("hazards.HazardPeriod", 7),))
    shapes = np.array([shapely.box(103, 19, 103.001, 19.001), None], dtype=object)
    near = judge._near(shapes, {0: hidden, 1: hidden})
    assert near[0].unseen_finds == () and near[1].unseen_finds == hidden.rows


def test_the_stricter_way_keeps_steps_out(field):
    row = ReportInput(
        date_of_information=date(2024, 1, 1),
        reference="R",
        facts={"kind": "cha", "geometry": shapely.box(103, 19, 103.001, 19.001)},
    )
    for lenient, left in ((True, 1), (False, 0)):
        prepared = Prepared({1: row})
        by = system_actor()
        judge = Judge(field.country, field.authority, by=by, lenient=lenient)
        complain = partial(complaint_of, ImportRun(target="hazards"))
        judge_rows(prepared, judge, complain, approves=lenient)
        assert len(prepared.items) == left


def test_screens_and_steps_are_rules_that_exist():
    assert set(SCREENS) <= set(CHECKS)
    assert set(CHECKS) >= set(STEPS)


def test_a_report_that_took_a_fact_back_is_one_of_that_day(field):
    """What it took back stays unknown, though nobody had stated it before."""
    area, day = area_from(field, claims()), date(2024, 6, 1)
    back = {"facts": {}, "retracts": ("priority",)}
    approved(field, ReportInput(date_of_information=day, hazard=area, **back))
    said = {"hazard": area, "facts": {"priority": "high"}}
    same = ReportInput(date_of_information=day, **said)
    later = ReportInput(date_of_information=date(2024, 6, 2), **said)
    judge = Judge(field.country, field.operator, by=system_actor(), lenient=False)
    rows = judge.judge([same, later], judge.look_up([same, later]))
    alone = [findings_now(REPORTS, draft(field, report)) for report in (same, later)]
    for first, second in (alone, [row.findings for row in rows]):
        assert "same-day" in {finding["rule"] for finding in first}
        assert "same-day" not in {finding["rule"] for finding in second}
