"""The land that is registered already, held so that very many rows can be compared."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from django.db.models import F

from safelane.core.geo.areas import areas_m2
from safelane.core.geo.measure import distance_m
from safelane.core.review import stages
from safelane.hazards.choices import DIRECT
from safelane.hazards.models import Evidence, HazardousArea
from safelane.hazards.rules import OverlapFacts
from safelane.organisations.models import Country

Shapes = np.ndarray[Any, np.dtype[np.object_]]
_METRES_PER_DEGREE = 110_000.0


class Layer:
    """Some areas with an index over them."""

    def __init__(self, names: list[str], shapes: Any) -> None:
        self.names = names
        self.shapes = np.asarray(shapes, dtype=object)
        self.tree = shapely.STRtree(self.shapes)


class Ground:
    """All areas of a country and the direct evidence on them.

    The rules see the land of all organisations, whoever asks: ground is shared. Rows of
    the file join as they are judged, so that they are compared with each other too.
    """

    def __init__(self, country: Country) -> None:
        rows = HazardousArea.objects.filter(
            country=country, is_withdrawn=False, geometry__isnull=False
        ).values_list("reference", "geometry")
        known = list(rows.iterator())
        self._layers = [Layer([r for r, _g in known], [g for _r, g in known])]
        self._evidence = self._direct(country)
        self._evidence_tree = shapely.STRtree(self._evidence)

    @staticmethod
    def _direct(country: Country) -> Shapes:
        rows = Evidence.objects.filter(
            country=country, directness=DIRECT, report__stage=stages.APPROVED
        )
        found = list(rows.annotate(place=F("geometry")).values_list("place", flat=True))
        return np.array(found, dtype=object)

    def join(self, names: list[str], shapes: Any) -> None:
        """Add the rows of a batch that has been judged.

        Layers of like size are merged, so that there are few to look through however
        many batches come.
        """
        if not names:
            return
        new = Layer(names, shapes)
        while self._layers and len(self._layers[-1].names) <= 2 * len(new.names):
            last = self._layers.pop()
            merged = np.concatenate([last.shapes, new.shapes])
            new = Layer(last.names + new.names, merged)
        self._layers.append(new)

    def overlaps(
        self, names: list[str], shapes: Any
    ) -> dict[int, tuple[OverlapFacts, ...]]:
        """Return, by position, the other areas that share ground with each shape."""
        found: dict[int, dict[str, OverlapFacts]] = {}
        own = Layer(names, shapes)
        for layer in [*self._layers, own]:
            for i, j, common, share in _shared(own, layer):
                other = layer.names[j]
                if other == names[i]:
                    continue
                fact = OverlapFacts(reference=other, share=share, area_m2=common)
                found.setdefault(i, {})[other] = fact
        return {i: tuple(facts.values()) for i, facts in found.items()}

    def direct_evidence_of(self, shapes: Any, near_m: float) -> list[tuple[int, int]]:
        """Return, for each shape, the pieces of direct evidence near it, and inside."""
        if not len(self._evidence):
            return [(0, 0)] * len(shapes)
        return [self.direct_evidence(shape, near_m) for shape in shapes]

    def direct_evidence(self, shape: Any, near_m: float) -> tuple[int, int]:
        """Return how many pieces of direct evidence lie near, and inside."""
        if shape is None or not len(self._evidence):
            return 0, 0
        west, south, east, north = shape.bounds
        margin = near_m / _METRES_PER_DEGREE
        wide = margin / max(0.1, float(np.cos(np.radians(north))))
        box = shapely.box(west - wide, south - margin, east + wide, north + margin)
        points = self._evidence[self._evidence_tree.query(box)]
        near = [p for p in points if distance_m(shape, p) <= near_m]
        return len(near), int(shapely.intersects(shape, near).sum()) if near else 0


def _shared(own: Layer, layer: Layer) -> list[tuple[int, int, float, float]]:
    pairs = layer.tree.query(own.shapes, predicate="intersects")
    if own is layer:
        pairs = pairs[:, pairs[0] != pairs[1]]
    mine, theirs = pairs
    if not len(mine):
        return []
    common = areas_m2(shapely.intersection(own.shapes[mine], layer.shapes[theirs]))
    smaller = np.minimum(areas_m2(own.shapes[mine]), areas_m2(layer.shapes[theirs]))
    shares = np.divide(common, smaller, out=np.zeros_like(common), where=smaller > 0)
    rows = zip(mine, theirs, common, shares, strict=True)
    return [(int(i), int(j), float(a), float(s)) for i, j, a, s in rows if a > 0]
