"""One seed, one world."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any

from shapely.geometry.base import BaseGeometry

from safelane.demo.world import people as cast
from safelane.demo.world.accidents import Scene, happen
from safelane.demo.world.finds import (
    list_evidence,
    list_lines,
    list_records,
)
from safelane.demo.world.ground.outlines import LOWLAND, XIANGKHOUANG
from safelane.demo.world.ground.places import areas_of
from safelane.demo.world.kinds import (
    Accident,
    Agreement,
    Area,
    Box,
    Evidence,
    Hazard,
    Line,
    MinefieldRecord,
    Organisation,
    Person,
    Place,
)
from safelane.demo.world.land.drafts import share_sizes
from safelane.demo.world.land.register import make_hazards
from safelane.demo.world.pilots import Pilot, draw_rest, found_pilot
from safelane.demo.world.searches import list_boxes
from safelane.demo.world.sizes import (
    CLEARED,
    SIZES,
    SUSPECT,
    PilotSize,
    WorldSize,
    remaining_sizes,
)

DEFAULT_SEED = 20_640
TODAY = date(2026, 11, 1)


class World:
    """Everything that the demo shows, generated from ``seed``.

    Args:
        seed: The same seed gives the same world.
        size: ``"full"`` (3,000 areas, 20,000 pieces of evidence, 300 accidents) or
            ``"small"`` for tests.
        today: The last day of the world; nothing happens after it.
    """

    def __init__(
        self, seed: int = DEFAULT_SEED, size: str = "full", today: date = TODAY
    ) -> None:
        self.seed = seed
        self.size = SIZES[size]
        self.today = today

    @cached_property
    def pilots(self) -> dict[str, Pilot]:
        """Return both pilots with all their areas, in metres."""
        villages = self.size.villages_per_district
        pilots = {
            region.country: found_pilot(self.seed, region, size, villages)
            for region, size in (
                (XIANGKHOUANG, self.size.laos),
                (LOWLAND, self.size.azerbaijan),
            )
        }
        sizes = free_sizes(self.seed, self.size, pilots)
        for pilot in pilots.values():
            draw_rest(pilot, sizes)
        return pilots

    @cached_property
    def hazards(self) -> tuple[Hazard, ...]:
        """Return all hazardous areas with their reports."""
        made = (make_hazards(pilot, self.today) for pilot in self.pilots.values())
        return tuple(chain.from_iterable(made))

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """Return all evidence."""
        known = {hazard.key: hazard for hazard in self.hazards}
        found = (list_evidence(p, known, self.today) for p in self.pilots.values())
        return tuple(chain.from_iterable(found))

    @cached_property
    def accidents(self) -> tuple[Accident, ...]:
        """Return all accidents with their victims."""
        sizes = {"LA": self.size.laos, "AZ": self.size.azerbaijan}
        found = (
            happen(self.seed, self._scene(pilot), sizes[country].accidents)
            for country, pilot in self.pilots.items()
        )
        return tuple(chain.from_iterable(found))

    def areas(self) -> Iterator[Area]:
        """Yield administrative areas, parents first."""
        for pilot in self.pilots.values():
            yield from areas_of(pilot.region, pilot.districts)

    def places(self) -> Iterator[Place]:
        """Yield towns and villages."""
        for pilot in self.pilots.values():
            yield from (home.place for home in pilot.homes)

    def lines(self) -> Iterator[Line]:
        """Yield roads, rivers, trenches and the invented former front line."""
        return chain.from_iterable(list_lines(p) for p in self.pilots.values())

    def boxes(self) -> Iterator[Box]:
        """Yield the survey boxes of Laos with their colours."""
        known = {hazard.key: hazard for hazard in self.hazards}
        return list_boxes(self.pilots["LA"], known, self.today)

    def records(self) -> Iterator[MinefieldRecord]:
        """Yield the wartime minefield records of Azerbaijan."""
        known = {hazard.key: hazard for hazard in self.hazards}
        return list_records(self.pilots["AZ"], known)

    def organisations(self) -> tuple[Organisation, ...]:
        """Return the invented organisations."""
        return cast.ORGANISATIONS

    def people(self) -> Iterator[Person]:
        """Yield the people: first the cast, then the staff."""
        return cast.people()

    def agreements(self) -> Iterator[Agreement]:
        """Yield agreements between the organisations."""
        return cast.agreements(self.today)

    def digest(self) -> str:
        """Return a fingerprint of the whole world: equal worlds, equal digests."""
        kinds = (
            self.areas(), self.places(), self.lines(), self.boxes(), self.records(),
            self.organisations(), self.people(), self.agreements(), self.hazards,
            self.evidence, self.accidents,
        )  # fmt: skip
        mark = hashlib.sha256()
        for record in chain.from_iterable(kinds):
            mark.update(repr(_plain(record)).encode())
        return mark.hexdigest()

    def _scene(self, pilot: Pilot) -> Scene:
        hazards = tuple(h for h in self.hazards if h.country == pilot.country)
        return Scene(pilot.country, pilot.homes, hazards, self.today)


def free_sizes(
    seed: int, size: WorldSize, pilots: dict[str, Pilot]
) -> dict[tuple[str, str], list[float]]:
    """Return the sizes of the areas that people drew, by country and origin."""
    mapped = [d.polygon.area for p in pilots.values() for d in p.drafts]
    suspect = _wanted(size, {"nuisance": "nuisance", "claim": "suspected"}, "LA")
    suspect |= _wanted(size, {"nuisance": "nuisance", "line": "suspected"}, "AZ")
    cleared: dict[tuple[str, str], int] = {}
    for country in pilots:
        drawn = {"worksite": "worksites", "spot": "spot_tasks"}
        cleared |= _wanted(size, drawn, country)
    total = len(mapped) + sum(suspect.values())
    left = remaining_sizes(SUSPECT, total, mapped)
    small = [float(s) for s in CLEARED.spread(sum(cleared.values()))]
    return share_sizes(seed, left, suspect) | share_sizes(seed, small, cleared)


def _wanted(
    size: WorldSize, origins: dict[str, str], country: str
) -> dict[tuple[str, str], int]:
    pilot: PilotSize = size.laos if country == "LA" else size.azerbaijan
    counts = {(country, o): int(getattr(pilot, name)) for o, name in origins.items()}
    return {group: count for group, count in counts.items() if count}


def _plain(value: Any) -> Any:
    """Return ``value`` as plain Python with exact numbers, for the fingerprint."""
    if is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, BaseGeometry):
        return value.wkb_hex
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return sorted((key, _plain(item)) for key, item in value.items())
    return value
