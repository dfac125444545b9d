"""What a domain does with the rows of a file: judge them, then write them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import shapely

from safelane.core.scope.actor import Actor
from safelane.exchange.files.faults import ERROR, RowFault
from safelane.exchange.mapping.apply import MappedBatch

Where = tuple[float, float] | None
_MULTI = (4, 5, 6)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong with one row; ``level`` error keeps the row out."""

    row: int
    code: str
    message: str
    level: str = ERROR
    column: str = ""
    where: Where = None

    @property
    def blocks(self) -> bool:
        return self.level == ERROR


def from_row_fault(fault: RowFault) -> Complaint:
    """Return a reader's or mapping's fault."""
    return Complaint(fault.row, fault.code, fault.message, fault.level, fault.column)


@dataclass
class Prepared:
    """Rows that can be judged: input by row number, and what is wrong so far.

    ``known`` is what the database knew of the rows when it was asked; ``ready`` is what
    the intake has made of the rows beforehand, so that writing takes less time.
    """

    items: dict[int, Any] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)
    unchanged: int = 0
    known: Any = None
    ready: Any = None

    def drop_faulty(self) -> None:
        """Leave out the rows with a fault that blocks."""
        for complaint in self.complaints:
            if complaint.blocks:
                self.items.pop(complaint.row, None)


class Intake(Protocol):
    """What an import of one kind of record does with a batch."""

    def prepare(self, mapped: MappedBatch) -> Prepared:
        """Return the rows that can come in, and what is wrong with the others."""
        ...

    def write(self, prepared: Prepared, *, by: Actor) -> Counter[str]:
        """Judge and write rows in the caller's transaction; return how many of which.

        A row that is refused only now becomes a complaint.
        """
        ...


@runtime_checkable
class TriedIntake(Protocol):
    """An intake whose rows are judged when they are written, not before."""

    def try_out(self, prepared: Prepared, *, by: Actor) -> None:
        """Judge rows as if they were written, and leave nothing behind."""
        ...


def shapes_of(mapped: MappedBatch) -> Any:
    """Return the geometries, a multi-part of one part as that part."""
    shapes = shapely.from_wkb(mapped.places.geometry)
    single = np.isin(shapely.get_type_id(shapes), _MULTI)
    single &= shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return shapes
