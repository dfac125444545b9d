"""Turning results into rows, and saving a run with its units and its history."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.history.actions import Entry, record
from safelane.core.scope import Actor
from safelane.engines.surveyprior import Area, LevelResult, PriorResult, Unit
from safelane.engines.surveyprior.lattice import Floats
from safelane.engines.surveyprior.results import Near
from safelane.engines.surveyprior.reweigh import StoredLevel
from safelane.risk.inputs import RankedRow, RunNote, RunRecord
from safelane.risk.models import RankedUnit, SurveyPrior
from safelane.risk.policies import SurveyPriorPolicy

BATCH = 500
DIGITS = 6


@transaction.atomic
def save_run(run: RunRecord, note: RunNote, *, by: Actor) -> SurveyPrior:
    """Save a run, its units and the change that says who ran it.

    Raises:
        NotPermitted: The country is outside the actor's ``prior.run``.
    """
    by.require("prior.run")
    prior = SurveyPrior.objects.create(
        title=note.title or _title(note),
        country=note.country,
        organisation=note.organisation,
        created_by_id=by.user_id,
        created_by_name=by.name,
        created_at=run.at or timezone.now(),
        reason=note.reason.strip(),
        rerun_of=note.rerun_of,
        kind=run.kind,
        config=dict(run.config),
        weights=dict(run.weights),
        missing_layers=list(run.missing),
        inputs=run.sources,
        account=dict(run.account),
        sensitivity=dict(run.sensitivity),
        notes=run.notes,
        counts=dict(run.counts),
        versions=dict(run.versions),
        seconds=run.seconds,
    )
    SurveyPriorPolicy.require_row(by, "run", prior)
    rows = [_unit(prior, row) for row in run.rows]
    RankedUnit.objects.bulk_create(rows, batch_size=BATCH)
    _note(prior, by)
    return prior


def record_of(result: PriorResult, district_ids: Sequence[int]) -> RunRecord:
    """Return what is stored of a finished run.

    Args:
        result: The engine's result.
        district_ids: Primary key of the admin area of each input area.
    """
    rows: list[RankedRow] = []
    for level in result.levels.values():
        contexts = [_context(unit, result.inputs.areas) for unit in level.units]
        rows += rows_of(
            level, contexts, [district_ids[unit.district] for unit in level.units]
        )
    return RunRecord(
        kind=result.kind,
        config=result.config.as_dict(),
        weights=result.weights,
        missing=result.missing,
        sources=[asdict(source) for source in result.inputs.sources],
        account=result.account.as_dict() if result.account else {},
        sensitivity={
            name: sensitivity_of(level) for name, level in result.levels.items()
        },
        notes=list(result.inputs.notes),
        counts=result.standing(),
        versions=result.versions,
        seconds=result.seconds,
        rows=rows,
    )


def sensitivity_of(level: LevelResult) -> list[dict[str, Any]]:
    """Return a level's sensitivity as plain rows."""
    return [asdict(change) for change in level.sensitivity]


def plain(values: Mapping[str, Floats], index: int) -> dict[str, float | None]:
    """Return one unit's numbers for JSON; unknown is null."""
    return {name: number(column[index]) for name, column in values.items()}


def number(value: float) -> float | None:
    """Return a float that JSON can hold, six significant digits."""
    return None if math.isnan(value) else float(f"{value:.{DIGITS}g}")


def rows_of(
    level: LevelResult,
    contexts: Sequence[dict[str, Any]],
    area_ids: Sequence[int | None],
) -> list[RankedRow]:
    """Return a level's units as they are stored, in the order of the level."""
    ranking, stability = level.ranking, level.stability
    columns = dict(zip(ranking.keys, ranking.percentiles.T, strict=True))
    return [
        RankedRow(
            level=level.level,
            code=unit.code,
            name=unit.name,
            context=contexts[i],
            admin_area_id=area_ids[i],
            rank=int(ranking.rank[i]),
            score=float(ranking.score[i]),
            rank_low=int(stability.low[i]),
            rank_high=int(stability.high[i]),
            top_share=float(stability.top_share[i]),
            top_tenth_share=float(stability.top_tenth_share[i]),
            partial=bool(ranking.partial[i]),
            layers=plain(level.layers, i),
            facts=plain(level.facts, i),
            percentiles=plain(columns, i),
            reasons=[reason.as_dict() for reason in level.reasons[i]],
            geometry=unit.geometry,
        )
        for i, unit in enumerate(level.units)
    ]


def stored_level(level: str, kind: str, rows: Sequence[RankedUnit]) -> StoredLevel:
    """Return stored rows as the engine takes them."""
    units = [Unit(row.code, row.name, row.geometry, 0) for row in rows]
    return StoredLevel(
        level,
        kind,
        units,
        _columns([row.layers for row in rows]),
        _columns([row.facts for row in rows]),
    )


def _columns(rows: Sequence[Mapping[str, float | None]]) -> dict[str, Floats]:
    names = rows[0] if rows else {}
    return {
        name: np.array([row.get(name) for row in rows], dtype=np.float64)
        for name in names
    }


def _context(unit: Unit, areas: Sequence[Area]) -> dict[str, Any]:
    area = areas[unit.district]
    return {"district": area.name, "parent": area.parent, "near": _near(unit.near)}


def _near(near: Near | None) -> dict[str, Any] | None:
    if near is None:
        return None
    km = number(near.metres / 1000)
    return {"place": near.place, "km": km, "compass": near.compass}


def _unit(prior: SurveyPrior, row: RankedRow) -> RankedUnit:
    facts = {name: getattr(row, name) for name in row.__dataclass_fields__}
    return RankedUnit(prior=prior, **facts)


def _title(note: RunNote) -> str:
    return _("Where to survey first: %(country)s") % {"country": note.country.name}


def _note(prior: SurveyPrior, by: Actor) -> None:
    after = {
        "weights": prior.weights,
        "config": prior.config,
        "account": prior.account,
        "rerun_of": str(prior.rerun_of.uid) if prior.rerun_of else "",
    }
    entry = Entry(
        prior.organisation_id,
        "prior.run",
        "survey_prior",
        prior.uid,
        prior.title,
        after=after,
        reason=prior.reason,
    )
    record(entry, by=by)
