"""Which layers of a file are one table.

Most formats hold one family of geometry in each layer. Programs that write polygons,
points and rows without a place name the others after the first: ``areas``,
``areas_points``, ``areas_no_position``.
"""

from __future__ import annotations

from collections.abc import Sequence

NAMES_TABLE = "fields.txt"  # of a Shapefile: short and full names
NO_POSITION = "_no_position"
ENDINGS = ("_points", "_lines", "_polygons", NO_POSITION)


def first_of(names: Sequence[str]) -> str:
    """Return the layer to read where none is chosen: never one that follows another."""
    for name in names:
        bases = (name.removesuffix(end) for end in ENDINGS if name.endswith(end))
        if not any(base in names for base in bases):
            return name
    return names[0]


def siblings(layer: str, names: Sequence[str]) -> list[str]:
    """Return the names of layers that belong to the same table as ``layer``."""
    return [layer + ending for ending in ENDINGS if layer + ending in names]
