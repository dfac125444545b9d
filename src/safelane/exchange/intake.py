"""What a domain does with the rows of a file: judge them, then write them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from safelane.core.errors import SafelaneError
from safelane.core.scope.actor import Actor
from safelane.exchange.files.faults import ERROR
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

    @staticmethod
    def of(row: int, error: SafelaneError) -> Complaint:
        """Return why a row was refused."""
        return Complaint(row, error.code, error.message, column=error.field or "")


@dataclass
class Prepared:
    """Rows that can be judged: input by row number, and what is wrong so far.

    ``rows`` are all rows of the batch, ``nowhere`` those without a geometry. ``known``
    is what the database knew of them when it was asked; ``ready`` is what the intake
    has made of them beforehand, so that writing takes less time.
    """

    items: dict[int, Any] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)
    unchanged: int = 0
    known: Any = None
    ready: Any = None
    rows: Sequence[int] = ()
    nowhere: frozenset[int] = frozenset()
    progress: float = 0.0

    @staticmethod
    def of(mapped: MappedBatch) -> Prepared:
        """Return no rows yet, and what reading and mapping found wrong with them."""
        return Prepared(
            complaints=[
                Complaint(f.row, f.code, f.message, f.level, f.column)
                for f in mapped.faults
            ],
            rows=mapped.rows,
            nowhere=mapped.nowhere,
            progress=mapped.progress,
        )

    def drop_faulty(self) -> None:
        """Leave out the rows with a fault that blocks."""
        for complaint in self.complaints:
            if complaint.blocks:
                self.items.pop(complaint.row, None)


class Intake:
    """What an import of one kind of record does with a batch.

    Rows are begun, looked up, judged and written. Where an intake works ahead, only
    looking up and writing use the database, and it does the rest of a batch while the
    one before is written.
    """

    works_ahead = False

    def prepare(self, mapped: MappedBatch) -> Prepared:
        """Return the rows that can come in, and what is wrong with the others."""
        prepared = self.begin(mapped)
        self.look_up(prepared)
        self.judge(prepared)
        return prepared

    def begin(self, mapped: MappedBatch) -> Prepared:
        """Return rows and faults as far as the file alone tells."""
        raise NotImplementedError

    def look_up(self, prepared: Prepared) -> None:
        """Ask the database about the rows; leave out those that it has already."""

    def judge(self, prepared: Prepared) -> None:
        """Ask the rules about rows that are looked up."""

    def subjects(self, prepared: Prepared) -> set[str]:
        """Return what the rows are about: looking up and writing touch no other."""
        return set()

    def try_out(self, prepared: Prepared, *, by: Actor) -> None:
        """Judge rows that are judged only as they are written; leave nothing behind."""

    def write(self, prepared: Prepared, *, by: Actor) -> Counter[str]:
        """Write rows in the caller's transaction; return how many of which.

        A row that is refused only now becomes a complaint.
        """
        raise NotImplementedError


def shapes_of(mapped: MappedBatch) -> Any:
    """Return the geometries, a multi-part of one part as that part."""
    shapes = shapely.from_wkb(mapped.places.geometry)
    single = np.isin(shapely.get_type_id(shapes), _MULTI)
    single &= shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return shapes
