"""What the rules look at, for very many rows: columns, and facts of a row on demand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safelane.hazards.inputs import ReportInput
from safelane.hazards.rules import OverlapFacts, ReportFacts

Bounds = tuple[float, float, float, float] | None
Before = tuple[str, str, bool]  # kind, status, whether there was a polygon
NEW: Before = ("", "", False)


class Sheet(Sequence[ReportFacts]):
    """The facts of rows about one area each.

    Args:
        areas: Square metres of the polygons; nan without one.
        before: What held of areas that exist, by position.
        overlaps: By position.
        near: Direct evidence near each polygon, and inside it.
    """

    def __init__(
        self,
        items: Sequence[ReportInput],
        shapes: Any,
        areas: NDArray[np.float64],
        *,
        today: date,
        bounds: Bounds,
        before: dict[int, Before],
        overlaps: dict[int, tuple[OverlapFacts, ...]],
        near: Sequence[tuple[int, int]],
    ) -> None:
        self.items, self.shapes, self.areas = items, shapes, areas
        self.today, self.bounds = today, bounds
        self.before, self.overlaps, self.near = before, overlaps, near

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[ReportFacts]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, i: Any) -> Any:
        stated, area = self.items[i].facts, float(self.areas[i])
        kind, status, ground = self.before.get(i, NEW)
        near, inside = self.near[i]
        return ReportFacts(
            today=self.today,
            date_of_information=self.items[i].date_of_information,
            kind_before=kind,
            kind_after=stated.get("kind", kind),
            status_before=status,
            status_after=stated.get("status", status),
            status_reason=stated.get("status_reason", ""),
            geometry=self.shapes[i],
            area_m2=None if area != area else area,
            stated_area_m2=stated.get("stated_area_m2"),
            depth_cm=stated.get("depth_cm"),
            direct_evidence=near,
            direct_inside=inside,
            ground_known=ground or self.shapes[i] is not None,
            overlaps=self.overlaps.get(i, ()),
            bounds=self.bounds,
        )

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a stated number of every row; nan where it is not stated."""
        values = (item.facts.get(name) for item in self.items)
        return np.array([np.nan if v is None else v for v in values], dtype=float)

    def steps(self) -> list[tuple[Any, ...]]:
        """Return, per row, all that rules on steps look at."""
        found = []
        for i, (item, shape) in enumerate(zip(self.items, self.shapes, strict=True)):
            kind, status, ground = self.before.get(i, NEW)
            get, placed = item.facts.get, shape is not None
            reason = get("status_reason", "").strip() == ""
            after = get("kind", kind), get("status", status)
            known = ground or placed
            found.append((kind, status, *after, *self.near[i], known, reason, placed))
        return found
