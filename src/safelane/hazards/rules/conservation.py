"""Where the land went: hazard = cancelled + reduced + cleared + remaining.

By polygon algebra and by number (IMAS 07.11; IMAS 05.10 land release products). Plane
work happens in the local UTM zone; areas are geodesic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

import shapely
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.measure import area_m2

PARTS = ("cancelled", "reduced", "cleared", "remaining")
EMPTY = shapely.GeometryCollection()


@dataclass(frozen=True, slots=True, kw_only=True)
class LandBalance:
    """One area and what became of it.

    Args:
        hazard: The polygon before release.
        parts: ``cancelled``, ``reduced``, ``cleared`` and ``remaining`` -> polygon; a
            missing part is empty.
        hazard_m2, parts_m2: The numbers that a person gave; None or missing when not.
    """

    hazard: BaseGeometry
    parts: Mapping[str, BaseGeometry]
    hazard_m2: float | None = None
    parts_m2: Mapping[str, float] = field(default_factory=dict)

    def part(self, name: str) -> BaseGeometry:
        return self.parts.get(name, EMPTY)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The balance in square metres.

    Args:
        hazard: Area of the hazard.
        parts: Area of each part.
        uncovered: Ground of the hazard that no part accounts for.
        outside: Ground in a part but outside the hazard.
        doubled: Ground that two parts claim, per pair of names.
        number_gap: Stated hazard minus the sum of the stated parts; None unless the
            hazard and at least one part are stated.
    """

    hazard: float
    parts: dict[str, float]
    uncovered: float
    outside: float
    doubled: dict[tuple[str, str], float]
    number_gap: float | None

    @property
    def gap(self) -> float:
        """Return hazard minus the sum of its parts, by polygon."""
        return self.hazard - sum(self.parts.values())


def ledger(balance: LandBalance) -> Ledger:
    """Work out the balance of one area."""
    shapes = {name: balance.part(name) for name in PARTS}
    together = shapely.union_all(list(shapes.values()))
    doubled = {
        (one, other): shared
        for one, other in combinations(PARTS, 2)
        if (shared := _area(shapes[one].intersection(shapes[other]))) > 0
    }
    return Ledger(
        hazard=_area(balance.hazard),
        parts={name: _area(shape) for name, shape in shapes.items()},
        uncovered=_area(balance.hazard.difference(together)),
        outside=_area(together.difference(balance.hazard)),
        doubled=doubled,
        number_gap=_number_gap(balance),
    )


def _number_gap(balance: LandBalance) -> float | None:
    if balance.hazard_m2 is None or not balance.parts_m2:
        return None
    return balance.hazard_m2 - sum(balance.parts_m2.values())


def _area(geometry: BaseGeometry) -> float:
    return 0.0 if geometry.is_empty else area_m2(geometry)
