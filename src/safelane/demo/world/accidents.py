"""Accidents with victims: invented people, plausible shares, fewer each year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from safelane.demo.world.frame import FRAMES
from safelane.demo.world.ground.names import victim_name
from safelane.demo.world.ground.places import Settlement
from safelane.demo.world.kinds import Accident, Hazard, Victim
from safelane.demo.world.people import OPERATORS
from safelane.demo.world.streams import pick, stream

Metres = NDArray[np.float64]
FIRST_YEAR = {"LA": 2011, "AZ": 2020}
YEARLY_DECLINE = {"LA": 0.88, "AZ": 0.68}
INSIDE_KNOWN = {"LA": 0.5, "AZ": 0.45}
ACTIVITIES = {
    "LA": {"farming": 30, "collecting_scrap": 18, "tampering": 12, "cooking": 10,
           "herding": 9, "playing": 9, "travelling": 4, "construction": 4,
           "collecting_wood": 4},
    "AZ": {"herding": 24, "travelling": 26, "farming": 18, "construction": 12,
           "returning": 12, "demining": 5, "collecting_wood": 3},
}  # fmt: skip
ORDNANCE = {
    "LA": {"submunition": 62, "mortar": 12, "projectile": 10, "grenade": 8,
           "unknown": 8},
    "AZ": {"ap_mine": 58, "av_mine": 30, "projectile": 8, "unknown": 4},
}  # fmt: skip
KINDS = {"submunition": "cluster", "ap_mine": "mine", "av_mine": "mine",
         "unknown": "unknown"}  # fmt: skip
CAUSES = {
    "farming": "dug_up", "collecting_scrap": "scrap", "cooking": "fire",
    "tampering": "handled", "playing": "played", "herding": "stepped_on",
    "travelling": "driven_over", "construction": "dug_up",
    "collecting_wood": "stepped_on", "returning": "stepped_on",
    "demining": "procedure",
}  # fmt: skip
GROUP = {"travelling": 2.6, "playing": 2.4, "cooking": 2.2}
CHILD_ACTIVITIES = ("playing", "herding", "cooking")
MALE_SHARE = {"LA": 0.76, "AZ": 0.93}
WEATHER = {"dry": 6, "hot": 2, "rain": 2}
INJURIES = ("legs", "feet", "hands", "arms", "eyes", "chest", "abdomen", "head",
            "ears", "burns", "lost_leg", "lost_sight", "lost_hearing",
            "lost_arm")  # fmt: skip
# What an injury makes difficult (questions of the Washington Group), and how much.
LASTING = {
    "lost_leg": ("walking", "cannot"), "legs": ("walking", "some"),
    "feet": ("walking", "some"), "lost_sight": ("seeing", "cannot"),
    "eyes": ("seeing", "some"), "lost_hearing": ("hearing", "a_lot"),
    "ears": ("hearing", "some"), "lost_arm": ("self_care", "a_lot"),
    "hands": ("self_care", "some"), "head": ("remembering", "some"),
}  # fmt: skip
QUESTIONS = ("seeing", "hearing", "walking", "remembering", "self_care",
             "communicating")  # fmt: skip
BEFORE = {"none": 94, "some": 5, "a_lot": 1}
ANSWERED = 0.75
FIRST_ASKED_AGE = 5
TOUCHED = ("handled", "played", "scrap")
WAITING = {"approved": 88, "submitted": 5, "operator_checked": 3,
           "operations_checked": 2, "draft": 2}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """What the accidents of a country need to know of its world."""

    country: str
    homes: Sequence[Settlement]
    hazards: Sequence[Hazard]
    today: date


def happen(seed: int, scene: Scene, count: int) -> Iterator[Accident]:
    """Yield the accidents of a country in order of time."""
    rng = stream(seed, scene.country, "accident times")
    times = sorted(_moment(scene, rng) for _ in range(count))
    people = 0
    for number, moment in enumerate(times):
        rng = stream(seed, scene.country, "accident", number)
        accident = _accident(scene, number, moment, people, rng)
        people += len(accident.victims)
        yield accident


def _moment(scene: Scene, rng: np.random.Generator) -> datetime:
    first = FIRST_YEAR[scene.country]
    years = range(first, scene.today.year + 1)
    decline = YEARLY_DECLINE[scene.country]
    year = pick(rng, {y: decline ** (y - first) for y in years})
    start = date(year, 1, 1)
    last = min(date(year, 12, 31), scene.today - timedelta(days=3))
    day = start + timedelta(days=int(rng.integers((last - start).days + 1)))
    clock = time(int(rng.integers(6, 19)), int(rng.integers(0, 12)) * 5)
    return datetime.combine(day, clock)


def _accident(
    scene: Scene, number: int, moment: datetime, people: int, rng: np.random.Generator
) -> Accident:
    activity = pick(rng, ACTIVITIES[scene.country])
    ordnance = pick(rng, ORDNANCE[scene.country])
    hazard, home, xy = _where(scene, moment.date(), rng)
    reporter = str(rng.choice(OPERATORS[scene.country]))
    recent = (scene.today - moment.date()).days < 200
    reported = moment.date() + timedelta(days=int(rng.gamma(1.5, 4)))
    return Accident(
        key=f"{scene.country}-X{number:03d}",
        country=scene.country,
        kind="demining" if activity == "demining" else KINDS.get(ordnance, "uxo"),
        happened=moment,
        reported=min(reported, scene.today),
        activity=activity,
        cause=CAUSES[activity],
        ordnance=ordnance,
        weather=pick(rng, WEATHER),
        area=home.place.area,
        place=home.place.key,
        hazard=hazard.key if hazard else "",
        organisation=hazard.organisation if hazard else reporter,
        stage=pick(rng, WAITING) if recent else "approved",
        narrative=f"Generated for the demo: {activity.replace('_', ' ')} near "
        f"{home.place.name}.",
        geometry=FRAMES[scene.country].points(xy)[0],
        victims=tuple(_victims(scene.country, activity, number, people, rng)),
    )


def _where(
    scene: Scene, day: date, rng: np.random.Generator
) -> tuple[Hazard | None, Settlement, Metres]:
    """Return the known hazard if there is one, the nearest home and the place."""
    homes = np.array([home.xy for home in scene.homes])
    if rng.random() < INSIDE_KNOWN[scene.country]:
        hazard = scene.hazards[int(rng.integers(len(scene.hazards)))]
        inside = FRAMES[scene.country].metres(hazard.geometry.representative_point())
        xy = np.array(inside.coords[0]) + rng.normal(0, 3, 2)
        nearest = scene.homes[int(np.argmin(np.hypot(*(homes - xy).T)))]
        known = hazard.reports[0].info_date <= day
        return (hazard if known else None), nearest, xy
    home = scene.homes[int(rng.integers(len(scene.homes)))]
    return None, home, home.xy + rng.normal(0, 900, 2)


def _victims(
    country: str, activity: str, number: int, people: int, rng: np.random.Generator
) -> Iterator[Victim]:
    count = 1 + int(rng.poisson(GROUP.get(activity, 1.35) - 1))
    for index in range(count):
        yield _victim(country, activity, f"{country}-V{number:03d}-{index}",
                      people + index + 1, rng)  # fmt: skip


def _victim(
    country: str, activity: str, key: str, person: int, rng: np.random.Generator
) -> Victim:
    sex = "male" if rng.random() < MALE_SHARE[country] else "female"
    age = _age(activity, rng)
    outcome = "killed" if rng.random() < 0.3 else "injured"
    wounds = rng.choice(INJURIES, int(rng.integers(1, 4)), replace=False)
    injuries = tuple(str(part) for part in wounds) if outcome == "injured" else ()
    return Victim(
        key=key,
        name=victim_name(country, sex, person, rng),
        sex=sex,
        age=age,
        outcome=outcome,
        activity=activity,
        status="deminer" if activity == "demining" else "civilian",
        occupation=_occupation(age, activity, rng),
        knew_danger=pick(rng, {"yes": 3, "no": 5, "unknown": 2}),
        risk_education=pick(rng, {"yes": 35, "no": 50, "unknown": 15}),
        tampered="yes" if CAUSES[activity] in TOUCHED else "no",
        consent=_consent(age, outcome, rng),
        difficulties=_difficulties(age, injuries, rng),
        injuries=injuries,
    )


def _consent(age: int, outcome: str, rng: np.random.Generator) -> str:
    if outcome == "killed" or age < 18:
        return "guardian"
    return pick(rng, {"given": 90, "refused": 6, "not_asked": 4})


def _difficulties(
    age: int, injuries: tuple[str, ...], rng: np.random.Generator
) -> dict[str, str]:
    """Return the answers of a survivor who was asked, else nothing."""
    if not injuries or age < FIRST_ASKED_AGE or rng.random() > ANSWERED:
        return {}
    answers = {question: pick(rng, BEFORE) for question in QUESTIONS}
    for part in injuries:
        if part in LASTING:
            question, degree = LASTING[part]
            answers[question] = degree
    return answers


def _age(activity: str, rng: np.random.Generator) -> int:
    if activity in CHILD_ACTIVITIES and rng.random() < 0.7:
        return int(rng.integers(5, 18))
    return int(np.clip(rng.normal(36, 13), 15, 78))


def _occupation(age: int, activity: str, rng: np.random.Generator) -> str:
    if activity == "demining":
        return "employee"
    if age < 18:
        return "pupil"
    return pick(rng, {"farmer": 6, "herder": 2, "trader": 1, "labourer": 2})
