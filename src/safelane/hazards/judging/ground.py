"""The land that is registered already, held so that very many rows can be compared."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import numpy as np
import shapely
from django.db.models import F, Q

from safelane.core.geo.entry.grid import GridBox, squares
from safelane.core.geo.measure import areas_m2, distance_m
from safelane.core.review import stages
from safelane.core.review.findings import Ref
from safelane.core.scope import Actor, Precision
from safelane.core.scope.nearby import Refs, box_around, references, whole_cells
from safelane.hazards.choices import BOX_SUBMUNITION, DIRECT, SUBMUNITION
from safelane.hazards.models import Evidence, HazardousArea, OrdnanceFound
from safelane.hazards.rules.facts import OverlapFacts
from safelane.organisations.models import Country


class Layer:
    """Some areas with an index over them; the key is 0 of one that is not saved."""

    def __init__(self, names: list[str], keys: list[int], shapes: Any) -> None:
        self.names, self.keys = names, keys
        self.shapes = np.asarray(shapes, dtype=object)
        self.tree = shapely.STRtree(self.shapes)


class Everything:
    """All records: what somebody sees from whom nothing is kept."""

    def __contains__(self, _ref: object) -> bool:
        return True


class Ground:
    """All areas of a country and the direct evidence on them.

    The rules see the land of all organisations, whoever asks: ground is shared. Rows of
    the file join as they are judged, so that they are compared with each other too.

    Attributes:
        seen: The records that the one who asks may see exactly.
    """

    def __init__(self, country: Country, by: Actor) -> None:
        areas = HazardousArea.objects.filter(
            country=country, is_withdrawn=False, geometry__isnull=False
        )
        known = list(areas.values_list("reference", "pk", "geometry").iterator())
        columns = [list(column) for column in zip(*known, strict=True)]
        names, keys, shapes = columns or ([], [], [])
        self._layers = [Layer(names, keys, shapes)]
        direct = Evidence.objects.filter(
            country=country, directness=DIRECT, report__stage=stages.APPROVED
        )
        found = list(direct.annotate(place=F("geometry")).values_list("pk", "place"))
        self._evidence_keys = [key for key, _place in found]
        self._evidence = np.array([place for _key, place in found], dtype=object)
        self._evidence_tree = shapely.STRtree(self._evidence)
        evidence = (direct, self._evidence_keys, self._evidence)
        self._see(by, [(areas, keys, shapes), evidence])

    def _see(self, by: Actor, layers: Iterable[tuple[Any, list[int], Any]]) -> None:
        self.seen: Container[Ref] = Everything()
        self._unseen: list[tuple[Any, list[Ref]]] = []
        seen: set[Ref] = set()
        for rows, keys, shapes in layers:
            visible = rows.model.objects.visible_to(by).filter(pk__in=rows.values("pk"))
            exact = set(
                visible.filter(precision=Precision.EXACT).values_list("pk", flat=True)
            )
            seen.update(references(rows.model, exact))
            hidden = [i for i, key in enumerate(keys) if key not in exact]
            boxes = [shapes[i].bounds for i in hidden]
            cells = shapely.box(*whole_cells(boxes).T) if boxes else []
            refs = references(rows.model, [keys[i] for i in hidden])
            self._unseen.append((shapely.STRtree(cells), list(refs)))
        if any(refs for _tree, refs in self._unseen):
            self.seen = frozenset(seen)

    def nearby(self, shape: Any, near_m: float) -> tuple[Refs, ...]:
        """Return an area, and evidence, out of sight in the cells that a shape meets.

        Evidence also where its cell is as near as ``near_m`` metres.
        """
        found: list[Refs] = []
        for (tree, refs), metres in zip(self._unseen, (0.0, near_m), strict=True):
            if shape is None or not refs:
                found.append(())
                continue
            met = tree.query(shapely.box(*box_around([shape], metres)))
            found.append((refs[int(met[0])],) if len(met) else ())
        return tuple(found)

    def join(self, names: list[str], shapes: Any) -> None:
        """Add the rows of a batch that has been judged.

        Layers of like size are merged, so that there are few to look through however
        many batches come.
        """
        if not names:
            return
        new = Layer(names, [0] * len(names), shapes)
        while self._layers and len(self._layers[-1].names) <= 2 * len(new.names):
            last = self._layers.pop()
            merged = np.concatenate([last.shapes, new.shapes])
            new = Layer(last.names + new.names, last.keys + new.keys, merged)
        self._layers.append(new)

    def overlaps(
        self, names: list[str], shapes: Any
    ) -> dict[int, tuple[OverlapFacts, ...]]:
        """Return, by position, the other areas that share ground with each shape."""
        found: dict[int, dict[str, OverlapFacts]] = {}
        own = Layer(names, [0] * len(names), shapes)
        for layer in [*self._layers, own]:
            for i, j, common, share in shared_ground(own, layer):
                other, key = layer.names[j], layer.keys[j]
                if other == names[i]:
                    continue
                rows = references(HazardousArea, [key]) if key else ()
                fact = OverlapFacts(
                    reference=other, share=share, area_m2=common, rows=rows
                )
                found.setdefault(i, {})[other] = fact
        return {i: tuple(facts.values()) for i, facts in found.items()}

    def direct_evidence(self, shape: Any, near_m: float) -> tuple[Refs, Refs]:
        """Return the pieces of direct evidence that lie near a shape, and inside."""
        if shape is None or not len(self._evidence):
            return (), ()
        box = shapely.box(*box_around([shape], near_m))
        met = self._evidence_tree.query(box)
        near = [i for i in met if distance_m(shape, self._evidence[i]) <= near_m]
        inside = [i for i in near if shape.intersects(self._evidence[i])]
        keys = self._evidence_keys
        return (
            references(Evidence, [keys[i] for i in near]),
            references(Evidence, [keys[i] for i in inside]),
        )


def shared_ground(
    own: Layer, other: Layer | None = None
) -> list[tuple[int, int, float, float]]:
    """Return the pairs that share ground: positions, common m², share of the smaller.

    Args:
        other: What they are compared with; with each other, each pair once, when None.
    """
    layer = own if other is None else other
    pairs = layer.tree.query(own.shapes, predicate="intersects")
    if other is None:
        pairs = pairs[:, pairs[0] < pairs[1]]
    elif own is other:
        pairs = pairs[:, pairs[0] != pairs[1]]
    mine, theirs = pairs
    if not len(mine):
        return []
    common = areas_m2(shapely.intersection(own.shapes[mine], layer.shapes[theirs]))
    smaller = np.minimum(areas_m2(own.shapes[mine]), areas_m2(layer.shapes[theirs]))
    shares = np.divide(common, smaller, out=np.zeros_like(common), where=smaller > 0)
    rows = zip(mine, theirs, common, shares, strict=True)
    return [(int(i), int(j), float(a), float(s)) for i, j, a, s in rows if a > 0]


def held_in_boxes(boxes: Iterable[Any], country: Country) -> dict[GridBox, Refs]:
    """Return what is recorded in each box in which submunitions are said to lie.

    That is approved direct evidence, and submunitions found.
    """
    red = [box.box for box in boxes if box.result == BOX_SUBMUNITION]
    found: dict[GridBox, Refs] = {}
    if not red:
        return found
    outlines = squares(red)
    here = Q(
        report__stage=stages.APPROVED,
        country=country,
        geometry__intersects=shapely.box(*shapely.total_bounds(outlines)),
    )
    for rows in (
        Evidence.objects.filter(here, directness=DIRECT),
        OrdnanceFound.objects.filter(here, category=SUBMUNITION),
    ):
        known = list(rows.annotate(at=F("geometry")).values_list("pk", "at"))
        refs = references(rows.model, [key for key, _place in known])
        tree = shapely.STRtree([place for _key, place in known])
        for i, j in tree.query(outlines, predicate="covers").T.tolist():
            found[red[i]] = (*found.get(red[i], ()), refs[j])
    return found
