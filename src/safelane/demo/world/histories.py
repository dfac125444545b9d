"""The life of each area as its reports, with late ones and wrong ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from shapely.geometry import Polygon

from safelane.demo.world.frame import geodesic_area
from safelane.demo.world.kinds import Report
from safelane.demo.world.people import leader_of
from safelane.demo.world.streams import pick

# Good months for field work: dry season in Laos, no deep winter in Azerbaijan.
SEASONS = {
    "LA": (0.14, 0.15, 0.16, 0.12, 0.08, 0.02, 0.01, 0.01, 0.03, 0.06, 0.10, 0.12),
    "AZ": (0.02, 0.04, 0.09, 0.12, 0.13, 0.12, 0.10, 0.09, 0.11, 0.10, 0.06, 0.02),
}
FIRST_YEAR = {"LA": 2012, "AZ": 2021}
# Where the life of an area has come to, by its origin.
LIVES = {
    "strike": {"open": 62, "worked_on": 14, "suspended": 4, "closed": 20},
    "belt": {"open": 58, "worked_on": 22, "suspended": 4, "closed": 16},
    "nuisance": {"open": 60, "worked_on": 12, "closed": 28},
    "claim": {"open": 78, "cancelled": 22},
    "line": {"open": 84, "worked_on": 4, "cancelled": 12},
    "worksite": {"closed": 55, "released": 45},
    "spot": {"open": 18, "closed": 82},
}
STEPS: dict[str, tuple[str, ...]] = {
    "open": (),
    "worked_on": ("worked_on",),
    "suspended": ("worked_on", "suspended"),
    "closed": ("worked_on", "closed"),
    "released": ("worked_on", "closed", "released"),
    "cancelled": ("closed",),
}
WAITING = ("draft", "submitted", "operator_checked", "operations_checked", "rejected")
WAITING_EVERY = 40  # one area in so many has a report that waits
WAITING_FIRST = 7  # more often among the first, so that a small world has all stages
LATE_SHARE = 0.03
VISIT = {"comment": "Visited half a year after the work: the land is in use."}
SIGNS = {
    "marking": "permanent",
    "comment": "Signs put up with the village; posts every 25 m.",
}
REASONS = {
    "suspended": ("Rainy season: the track cannot be used.", "Waiting for the machine.",
                  "The land owner asked to harvest first."),
    "closed": ("Search finished over the whole area.",
               "All tasks done, no further finds."),
    "released": ("Handed over to the village in a public meeting.",),
    "cancelled": ("Land has been ploughed for years without any find.",
                  "The claim was about another place."),
    "rejected": ("The polygon lies across the river from the evidence: check the "
                 "start point.", "The date of information is missing for two finds.",
                 "Photos show another place.", "The benchmark is inside the area."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Life:
    """Everything that the reports of one area are made from."""

    key: str
    number: int
    country: str
    origin: str
    kind: str
    operator: str
    values: dict[str, Any]
    polygon: Polygon
    first_sketch: Polygon | None
    today: date


def season_day(country: str, first: date, last: date, rng: np.random.Generator) -> date:
    """Return a day between two days, if possible in a month when teams work."""
    span = (last - first).days
    if span <= 0:
        return first
    season = SEASONS[country]
    best = first
    for _ in range(12):
        best = first + timedelta(days=int(rng.integers(span)))
        if rng.random() < season[best.month - 1] * 6:
            break
    return best


def write_reports(life: Life, rng: np.random.Generator) -> tuple[Report, ...]:
    """Return the reports of one area by date of information, the last maybe waiting."""
    fate = pick(rng, LIVES[life.origin])
    start = date(FIRST_YEAR[life.country], 1, 15)
    latest = life.today - timedelta(days=60 + 120 * len(STEPS[fate]))
    day = season_day(life.country, start, latest, rng)
    reports = [_report(life, 0, "survey", day, _opening(life), life.first_sketch)]
    if life.first_sketch is not None:
        day = _later(life, day, rng)
        values: dict[str, Any] = {
            "kind": life.kind,
            "information_grade": "m1",
            "information_source": "survey_team",
        }
        if "stated_area_m2" in life.values:
            values["stated_area_m2"] = round(geodesic_area(life.polygon))
        reports.append(_report(life, 1, "confirm", day, values, life.polygon))
    for status in STEPS[fate]:
        day = _later(life, day, rng)
        values = {"status": status, "status_reason": _reason(fate, status, rng)}
        reports.append(_report(life, len(reports), status, day, values, None))
    return _disturb(life, reports, rng)


def _opening(life: Life) -> dict[str, Any]:
    kind = life.kind if life.first_sketch is None else "sha"
    return {"kind": kind, "status": "open", **life.values}


def _report(
    life: Life,
    number: int,
    what: str,
    day: date,
    changes: dict[str, Any],
    geometry: Polygon | None,
) -> Report:
    if number == 0 and geometry is None:
        geometry = life.polygon
    return Report(
        key=f"{life.key}-{number}",
        hazard=life.key,
        kind=what,
        info_date=day,
        entry_date=min(day + timedelta(days=3), life.today),
        author=leader_of(life.operator),
        stage="approved",
        reason="",
        changes=changes,
        geometry=geometry,
    )


def _later(life: Life, day: date, rng: np.random.Generator) -> date:
    """Return a day after ``day`` that leaves time for what may follow."""
    left = (life.today - day).days - 4
    room = max(2, min(500, left // 2))
    first = day + timedelta(days=min(14, room // 2))
    return season_day(life.country, first, day + timedelta(days=room), rng)


def _reason(fate: str, status: str, rng: np.random.Generator) -> str:
    choices = REASONS.get("cancelled" if fate == "cancelled" else status, ("",))
    return choices[int(rng.integers(len(choices)))]


def _disturb(
    life: Life, reports: Sequence[Report], rng: np.random.Generator
) -> tuple[Report, ...]:
    """Let a few reports arrive late, and a few areas have a report that waits."""
    kept = list(reports)
    if len(kept) > 1 and rng.random() < LATE_SHARE:
        kept.append(_late(life, kept, rng))
    if _waits(life.number):
        kept.append(_waiting(life, kept, rng))
    return tuple(kept)


def _waits(number: int) -> bool:
    every = WAITING_EVERY if number >= WAITING_EVERY else WAITING_FIRST
    return number % every == every // 2


def _late(life: Life, reports: Sequence[Report], rng: np.random.Generator) -> Report:
    """Return an older report that was entered after newer ones were approved."""
    newest = reports[-1].info_date
    day = season_day(life.country, reports[0].info_date, newest, rng)
    comment = "Found in an old field book and entered late."
    people = int(life.values["people_affected"] * 1.3) + 5
    changes = {"people_affected": people, "comment": comment}
    late = _report(life, len(reports), "amend", day, changes, None)
    entered = min(newest + timedelta(days=int(rng.integers(20, 200))), life.today)
    return replace(late, entry_date=entered)


def _waiting(life: Life, reports: Sequence[Report], rng: np.random.Generator) -> Report:
    day = life.today - timedelta(days=int(rng.integers(1, 40)))
    day = max(day, reports[-1].info_date)
    every = WAITING_EVERY if life.number >= WAITING_EVERY else WAITING_FIRST
    turn = life.number // every + (0 if life.country == "LA" else 3)
    stage = WAITING[turn % len(WAITING)]
    reason = _reason("", "rejected", rng) if stage == "rejected" else ""
    stated = [r.changes["status"] for r in reports if "status" in r.changes]
    changes = dict(VISIT if stated[-1] in ("closed", "released") else SIGNS)
    report = _report(life, len(reports), "amend", day, changes, None)
    entered = min(day + timedelta(days=2), life.today)
    return replace(report, entry_date=entered, stage=stage, reason=reason)
