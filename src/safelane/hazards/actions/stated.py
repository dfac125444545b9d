"""What the rows of a large import state, as columns that are ready to be written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection
from django.utils.translation import gettext as _

from safelane.core.bulk.columns import Same, Shapes
from safelane.core.geo.areas import areas_m2
from safelane.core.review.errors import UnknownFact
from safelane.core.review.groups import refuse_loose_facts
from safelane.core.review.models import default_of
from safelane.hazards.actions.told import Told, is_stated
from safelane.hazards.facts import FACT_FIELDS, FACT_GROUPS
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardReport

Columns = dict[str, Any]


class Stated:
    """Rows of which each registers a new area, measured; codes are not looked up yet.

    Nothing here asks the database, so that it can be done before the transaction that
    writes the rows.

    Args:
        batch: Key of the import that all rows carry.

    Attributes:
        facts: Every fact as a column.
        held: The facts that hold after each report.
        canonical: What each report says, as canonical JSON for the history.

    Raises:
        UnknownFact, LooseFact, InvalidGeometry: A row cannot stand.
    """

    def __init__(self, inputs: Sequence[ReportInput], batch: str) -> None:
        self.inputs = list(inputs)
        self.facts = facts = _facts(self.inputs)
        shapes = np.array(list(facts["geometry"]), dtype=object)
        facts["geometry"] = shapes
        facts["area_m2"] = [None if a != a else a for a in areas_m2(shapes).tolist()]
        self.told = Told(facts, self.inputs)
        self.shapes = facts["geometry"] = Shapes(shapes)
        self.shapes.make_ready(connection.vendor)
        self.held = self.told.held(facts)
        self.canonical = self.told.canonical(self.shapes.digits, batch=batch)

    def is_of(self, inputs: Sequence[ReportInput]) -> bool:
        """Say whether these are the very rows, so that nothing else is written."""
        pairs = zip(self.inputs, inputs, strict=False)
        return len(self.inputs) == len(inputs) and all(a is b for a, b in pairs)


def _facts(inputs: Sequence[ReportInput]) -> Columns:
    """Return every fact as a column, with the model's default where unstated."""
    stated = {name for item in inputs for name in item.facts}
    unknown = stated - set(FACT_FIELDS) | stated & {"area_m2"}
    if unknown:
        names = ", ".join(sorted(unknown))
        raise UnknownFact(_("There is no fact “%(names)s”.") % {"names": names})
    columns: Columns = {}
    for name in FACT_FIELDS:
        default = default_of(HazardReport, name)
        if name in stated:
            columns[name] = [item.facts.get(name, default) for item in inputs]
        else:
            columns[name] = Same(default, len(inputs))
    _refuse_loose(inputs, stated)
    return columns


def _refuse_loose(inputs: Sequence[ReportInput], stated: set[str]) -> None:
    """Look closely only at rows that leave a leading fact out."""
    for leader, names in FACT_GROUPS.items():
        if stated.isdisjoint(names):
            continue
        for item in inputs:
            if not is_stated(item.facts.get(leader)):
                refuse_loose_facts(HazardReport, item.facts, (), {leader: names})
