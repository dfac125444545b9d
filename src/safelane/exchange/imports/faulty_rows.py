"""The rows of a file that are at fault, as its person wrote them, with the reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import shapely
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from safelane.core.errors import Conflict
from safelane.core.scope import Actor
from safelane.exchange.files.errors import ERROR
from safelane.exchange.files.reading import Batch, SourceInfo
from safelane.exchange.imports.opening import opened
from safelane.exchange.mapping.own_export import REASONS, reason_columns
from safelane.exchange.models import ImportFault, ImportRun
from safelane.exchange.writers.delimited import WKT

MOST_ROWS = 20_000


def can_hand_back(run: ImportRun) -> bool:
    """Say whether the rows may leave: not of a file that may hold identities."""
    return run.file_id is not None and not run.holds_identities


def not_listed(run: ImportRun) -> dict[str, int]:
    """Return how many faults and notes of each kind were counted and not listed.

    For who may read all that the rules found.
    """
    found: dict[str, int] = run.counts.get("faults", {})
    if sum(found.values()) <= run.faults.count():
        return {}
    codes = run.faults.order_by().values_list("code")
    listed = dict(codes.annotate(n=Count("pk")))
    left = {code: n - listed.get(code, 0) for code, n in found.items()}
    return {code: n for code, n in left.items() if n > 0}


def not_listed_words(run: ImportRun, actor: Actor) -> str:
    """Return the sentence on what is not listed; "" where all is."""
    left = not_listed(run) if run.tells_all(actor) else {}
    text = _(
        "Not listed, since there are very many: %(n)s further faults and notes. "
        "Correct what is listed and check the file again."
    )
    return text % {"n": sum(left.values())} if left else ""


def faulty_rows(run: ImportRun, actor: Actor) -> list[list[Any]]:
    """Return the headings of the file and its rows at fault, each with what is wrong.

    Those whose faults the actor may read; rows that come in with a mere note stay out,
    or they would come in twice.

    Positions that lie in no column are in a column of WKT, which imports read again.

    Raises:
        Conflict: They may not leave, are gone, or are more than one would correct.
        ExchangeError: The file can no longer be read.
    """
    if not can_hand_back(run):
        raise Conflict(
            _("The rows of this file are not handed out: take the report by row.")
        )
    reasons = _reasons(run.faults_told(actor))
    if len(reasons) > MOST_ROWS:
        said = _(
            "More than %(most)s rows are at fault. Correct the file itself: the report "
            "by row says what is wrong."
        )
        raise Conflict(said % {"most": MOST_ROWS})
    # The run knows columns that come up late in the file as well.
    names = [column.name for column in SourceInfo.from_wire(run.info).columns]
    before = reason_columns(names)  # of a file that was handed back once
    names = [name for name in names if name not in before]
    with opened(run) as source:
        beside = [WKT] if source.info.has_geometry else []
        rows: list[list[Any]] = [[*names, *beside, str(REASONS)]]
        last = max(reasons, default=0)
        for batch in source.batches():
            rows += _wrong(batch, names, bool(beside), reasons)
            if batch.rows and batch.rows[-1] >= last:
                break
    return rows


def _reasons(faults: QuerySet[ImportFault]) -> dict[int, str]:
    told: dict[int, list[str]] = defaultdict(list)
    kept_out = set(faults.filter(level=ERROR).values_list("row", flat=True))
    for row, column, message in faults.values_list("row", "column", "message"):
        if row and row in kept_out:  # 0 is the file as a whole
            told[row].append(f"{column}: {message}" if column else message)
    return {row: "\n".join(dict.fromkeys(messages)) for row, messages in told.items()}


def _wrong(
    batch: Batch, names: list[str], placed: bool, reasons: dict[int, str]
) -> Iterator[list[Any]]:
    nothing = [None] * len(batch)
    as_seen = {(row, name): text for row, name, text in batch.shown}  # 77.10
    for i, row in enumerate(batch.rows):
        if row not in reasons:
            continue
        cells = [
            as_seen.get((row, name), batch.columns.get(name, nothing)[i])
            for name in names
        ]
        if placed:
            wkb = None if batch.geometry is None else batch.geometry[i]
            cells.append(shapely.to_wkt(shapely.from_wkb(wkb)) if wkb else None)
        yield [*cells, reasons[row]]
