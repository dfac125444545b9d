"""What a reader hands over: a description of the file, then its rows in batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from safelane.exchange.files.faults import RowFault

Kind = Literal["text", "integer", "number", "boolean", "date", "datetime", "json"]
Geometries = NDArray[np.object_]


@dataclass(frozen=True)
class Column:
    """One column of a table: its name in the file and what its values are."""

    name: str
    kind: Kind = "text"


@dataclass
class Batch:
    """Some consecutive rows of a file, column by column.

    Attributes:
        rows: Row numbers as a person counts them in the source: the sheet or record
            row with the header as its own row, or the feature number from 1.
        columns: Values by column name: str, int, float, bool or None; dates and
            times are ISO 8601 text.
        geometry: WKB (2D, WGS 84, lon/lat) or None per row; None when the source
            holds no geometries.
        originals: WKT in the CRS of the source per row, when it is not WGS 84.
        faults: What is wrong with single rows.
        progress: Share of the file that has been read, 0 to 1.
    """

    rows: list[int]
    columns: dict[str, list[Any]]
    geometry: Geometries | None = None
    originals: list[str | None] | None = None
    faults: list[RowFault] = field(default_factory=list)
    progress: float = 0.0

    def __len__(self) -> int:
        return len(self.rows)

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield each row as a dictionary, in order."""
        names = list(self.columns)
        if not names:
            yield from ({} for _ in self.rows)
            return
        for values in zip(*self.columns.values(), strict=True):
            yield dict(zip(names, values, strict=True))


@dataclass
class SourceInfo:
    """What is known of a file before its rows are read.

    ``crs`` is empty when the file holds geometries but does not say their reference
    system; ``row_count`` is None where counting would mean reading everything.
    ``notes`` are codes of :data:`safelane.exchange.files.faults.NOTES` with values.
    """

    format: str = ""
    layer: str = ""
    layers: list[str] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    crs: str = ""
    encoding: str = ""
    row_count: int | None = None
    has_geometry: bool = False
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def as_wire(self) -> dict[str, Any]:
        """Return the description as JSON values."""
        return self.__dict__ | {"columns": [[c.name, c.kind] for c in self.columns]}

    @staticmethod
    def from_wire(wire: dict[str, Any]) -> SourceInfo:
        """Rebuild the description that ``as_wire`` gave."""
        columns = [Column(name, kind) for name, kind in wire["columns"]]
        notes = [(code, values) for code, values in wire["notes"]]
        return SourceInfo(**wire | {"columns": columns, "notes": notes})
