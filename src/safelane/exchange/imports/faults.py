"""Faults of rows as they are kept and shown, whoever found them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction

from safelane.core.bulk.columns import insert_columns
from safelane.core.geo.checks import Fault
from safelane.exchange.files.faults import ERROR, WARNING
from safelane.exchange.intake import Complaint
from safelane.exchange.models import ImportFault, ImportRun

MAX_LISTED = 50_000
HIDDEN = "•••"
# What messages quote is a value of the file; each language quotes in its own way.
_QUOTED = re.compile(r"“[^”]*”|«[^»]*»|„[^“”]*[“”]|‘[^’]*’|\"[^\"]*\"|'[^']*'")


def from_geometry_fault(row: int, fault: Fault) -> Complaint:
    """Return a fault of a shape."""
    level = ERROR if fault.severity == "block" else WARNING
    return Complaint(row, fault.code, fault.message, level, where=fault.where)


def without_values(message: str) -> str:
    """Return a message without what it quotes from a file."""
    return _QUOTED.sub(f"“{HIDDEN}”", message)


class FaultList:
    """The faults of a run: all of them counted, as many listed as a person can read.

    Of a file that may hold identities only row and reason are kept.
    """

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        self.counts: Counter[str] = Counter(run.counts.get("faults", {}))
        self._room = max(0, MAX_LISTED - self.counts.total())
        self._waiting: list[Complaint] = []

    def add(self, complaints: Iterable[Complaint]) -> None:
        """Take further faults; they are saved by :meth:`save`."""
        for complaint in complaints:
            self.counts[complaint.code] += 1
            if self._room:
                self._room -= 1
                self._waiting.append(
                    _reason_only(complaint) if self._run.holds_identities else complaint
                )

    @transaction.atomic(savepoint=False)
    def save(self) -> None:
        """Save the faults taken since the last time."""
        listed, self._waiting = self._waiting, []
        if not listed:
            return
        insert_columns(
            ImportFault,
            {
                "run_id": [self._run.pk] * len(listed),
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


def _reason_only(complaint: Complaint) -> Complaint:
    message = without_values(complaint.message)
    return replace(complaint, message=message, column="", where=None)
