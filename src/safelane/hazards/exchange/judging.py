"""What the rules say of the rows of a file, as complaints about them."""

from __future__ import annotations

from typing import Any

import numpy as np

from safelane.core.errors import RuleBroken
from safelane.core.geo.checks import check_many
from safelane.core.review.findings import BLOCK
from safelane.core.review.stages import APPROVE, SUBMIT
from safelane.core.review.steps import refuse_blocked
from safelane.exchange.files.errors import ERROR, WARNING
from safelane.exchange.imports.outcome import from_geometry_fault
from safelane.exchange.kinds import Complaint, Prepared
from safelane.hazards.judging.judge import Judge


def judge_rows(prepared: Prepared, judge: Judge, *, approves: bool) -> None:
    """Add what rules and geometry checks say; drop the rows that cannot stand.

    Asks the database nothing.

    Args:
        approves: The rows come in as approved, so that nobody looks at them later.
    """
    prepared.drop_faulty()
    rows, items = list(prepared.items), list(prepared.items.values())
    if not rows:
        return
    unsound = _geometry_faults(rows, items, prepared, judge)
    step = APPROVE if approves else SUBMIT
    judged = judge.judge(items, prepared.known, unsound)
    for row, item in zip(rows, judged, strict=True):
        prepared.items[row] = item
        findings = judge.told(item)
        prepared.complaints += [_complaint(row, f) for f in findings]
        if not any(f["severity"] == BLOCK for f in findings):
            prepared.complaints += _refused(row, item, step, judge)
    prepared.drop_faulty()
    judge.join(prepared.items.values())


def _refused(row: int, item: Any, step: Any, judge: Judge) -> list[Complaint]:
    """Return why somebody else must take a row over, if so."""
    kept = item.findings
    if not any(f["severity"] == BLOCK for f in kept):
        return []
    try:
        refuse_blocked(kept, step, judge.seen)
    except RuleBroken as fault:
        return [Complaint(row, fault.code, fault.message)]
    return []


def _complaint(row: int, finding: dict[str, Any]) -> Complaint:
    where = finding["where"]
    placed = tuple(where) if isinstance(where, list) else None
    column = where if isinstance(where, str) else ""
    clause = f" ({finding['clause']})" if finding["clause"] else ""
    level = ERROR if finding["severity"] == BLOCK else WARNING
    message = finding["message"] + clause
    return Complaint(row, finding["rule"], message, level, column, placed)


def _geometry_faults(
    rows: list[int], items: list[Any], prepared: Prepared, judge: Judge
) -> set[int]:
    shapes = np.array([i.facts.get("geometry") for i in items], dtype=object)
    unsound: set[int] = set()
    for i, faults in check_many(shapes, bounds=judge.pack.bounds).items():
        if shapes[i] is None:
            continue
        found = [from_geometry_fault(rows[i], fault) for fault in faults]
        prepared.complaints += found
        if any(c.blocks for c in found):
            unsound.add(i)
    return unsound
