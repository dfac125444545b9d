"""Roads that join the villages, rivers that cross the region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist
from shapely.geometry import LineString

from safelane.demo.world.ground.places import District, region_polygon, wiggle
from safelane.demo.world.streams import stream

RIVERS = 5


@dataclass(frozen=True, slots=True)
class GroundLine:
    """A road or a river in metres."""

    key: str
    kind: str
    name: str
    xy: NDArray[np.float64]

    @property
    def line(self) -> LineString:
        return LineString(self.xy)


def build_roads(
    seed: int, region: str, districts: Sequence[District]
) -> Iterator[GroundLine]:
    """Yield the shortest road net that joins every settlement of the region."""
    homes = [home for district in districts for home in district.settlements]
    spots = np.array([home.xy for home in homes])
    towns = {i for i, home in enumerate(homes) if home.place.kind == "town"}
    tree = minimum_spanning_tree(cdist(spots, spots)).tocoo()
    for number, (a, b) in enumerate(zip(tree.row, tree.col, strict=True)):
        rng = stream(seed, region, "road", number)
        main = int(a) in towns or int(b) in towns
        yield GroundLine(
            key=f"{region}-R{number:03d}",
            kind="main_road" if main else "track",
            name=f"{homes[a].place.name} – {homes[b].place.name}",
            xy=wiggle(spots[a], spots[b], rng, 4, 0.10),
        )


def build_rivers(
    seed: int, region: str, districts: Sequence[District]
) -> Iterator[GroundLine]:
    """Yield rivers from border to border."""
    border = region_polygon(districts).exterior
    for number in range(RIVERS):
        rng = stream(seed, region, "river", number)
        start = rng.uniform(0, 1)
        ends = [start, (start + rng.uniform(0.3, 0.7)) % 1]
        points = [border.interpolate(share, normalized=True) for share in ends]
        source, mouth = shapely.get_coordinates(points)
        yield GroundLine(
            key=f"{region}-W{number}",
            kind="river",
            name=f"River {'ABCDE'[number]}",
            xy=wiggle(source, mouth, rng, 7, 0.16),
        )
