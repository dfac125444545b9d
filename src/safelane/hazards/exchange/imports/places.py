"""Admin areas and places from files."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from safelane.core.exchange.mapping import MappedBatch
from safelane.core.exchange.mapping.intake import Complaint, Prepared, from_row_fault
from safelane.countries import load_pack
from safelane.hazards.exchange.imports.prepare import shapes_of
from safelane.hazards.exchange.targets import AREAS
from safelane.organisations.inputs import AreaRow, PlaceRow
from safelane.organisations.models import Country


def prepare_places(mapped: MappedBatch, target: str, country: Country) -> Prepared:
    """Return one admin area or place per row."""
    prepared = Prepared(complaints=[from_row_fault(f) for f in mapped.faults])
    faulty = {c.row for c in prepared.complaints if c.blocks}
    shapes = shapes_of(mapped)
    for i, row in enumerate(mapped.rows):
        if row in faulty:
            continue
        values = {n: v[i] for n, v in mapped.values.items() if v[i] is not None}
        values["names"] = _names(values.pop("name_local", None), country)
        if target == AREAS:
            prepared.items[row] = AreaRow(geometry=shapes[i], **values)
        elif shapes[i].geom_type == "Point":
            point = shapes[i]
            prepared.items[row] = PlaceRow(lon=point.x, lat=point.y, **values)
        else:
            message = _("A place needs a point.")
            prepared.complaints.append(Complaint(row, "not-a-point", message))
    return prepared


def _names(local: Any, country: Country) -> dict[str, str]:
    languages = [n for n in load_pack(country.pack).languages if n != "en"]
    return {languages[0]: str(local)} if local and languages else {}
