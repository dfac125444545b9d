"""Faults of rows as they are kept and shown, whoever found them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import transaction

from safelane.core.bulk.columns import insert_columns
from safelane.core.geo.checks import Fault
from safelane.exchange import ERROR, WARNING
from safelane.exchange.intake import Complaint
from safelane.exchange.models import ImportFault, ImportRun

MAX_LISTED = 50_000


def from_geometry_fault(row: int, fault: Fault) -> Complaint:
    """Return a fault of a shape."""
    level = ERROR if fault.severity == "block" else WARNING
    return Complaint(row, fault.code, fault.message, level, where=fault.where)


@transaction.atomic(savepoint=False)
def keep(run: ImportRun, complaints: Iterable[Complaint]) -> None:
    """Save faults of a run, up to a number that a person can look at.

    How many there are of each kind is always counted in ``run.counts``.
    """
    found = list(complaints)
    totals = Counter(run.counts.get("faults", {}))
    room = MAX_LISTED - sum(totals.values())
    totals.update(c.code for c in found)
    run.counts["faults"] = dict(totals)
    listed = found[: max(0, room)]
    insert_columns(
        ImportFault,
        {
            "run_id": [run.pk] * len(listed),
            "row": [c.row for c in listed],
            "column": [c.column[:200] for c in listed],
            "level": [c.level for c in listed],
            "code": [c.code[:60] for c in listed],
            "message": [c.message for c in listed],
            "lon": [c.where[0] if c.where else None for c in listed],
            "lat": [c.where[1] if c.where else None for c in listed],
        },
        len(listed),
    )
