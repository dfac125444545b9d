"""Running a survey prior, and weighing a stored one again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput
from safelane.core.history.actions import Entry, record
from safelane.core.scope import Actor
from safelane.engines.surveyprior import (
    PriorConfig,
    PriorInputs,
    config_from,
    run_prior,
)
from safelane.engines.surveyprior.reweigh import SURVEYED, reweigh_level
from safelane.engines.surveyprior.run import versions
from safelane.engines.surveyprior.weights import weights_of
from safelane.risk.actions.pilots import register_pilot
from safelane.risk.actions.storing import (
    record_of,
    rows_of,
    save_run,
    sensitivity_of,
    stored_level,
)
from safelane.risk.inputs import RankedRow, RunNote, RunRecord
from safelane.risk.models import LEVELS, SurveyPrior
from safelane.risk.pilots import pilot_named
from safelane.risk.policies import SurveyPriorPolicy
from safelane.risk.queries import surveyed_ground

Report = Callable[[float, str], None]


def run_survey_prior(
    pilot: str,
    data: Path,
    *,
    by: Actor,
    reason: str = "",
    report: Report | None = None,
) -> SurveyPrior:
    """Register a pilot's country from reference data and rank where to survey first.

    Args:
        pilot: ``laos`` or ``azerbaijan``.
        data: Folder of reference data.
        report: Called with the share done and the name of the step.

    Raises:
        UnknownPilot: No such pilot.
        PriorInputMissing: A file of the reference data is missing or empty.
    """
    by.require("prior.run")
    tell = report or (lambda share, step: None)
    chosen = pilot_named(pilot)
    config = chosen.config
    tell(0.0, "read")
    inputs = chosen.read(data, config)
    tell(0.05, "register")
    ground = register_pilot(chosen, data, inputs, by=by)
    prior = rank_ground(
        inputs,
        config,
        RunNote(ground.country, ground.organisation, reason=reason),
        ground.district_ids,
        by=by,
        report=lambda share, step: tell(0.1 + 0.75 * share, step),
    )
    tell(1.0, "done")
    return prior


def rank_ground(
    inputs: PriorInputs,
    config: PriorConfig,
    note: RunNote,
    district_ids: Sequence[int],
    *,
    by: Actor,
    report: Report | None = None,
) -> SurveyPrior:
    """Rank the ground of an organisation from inputs that are at hand, and save it.

    Args:
        district_ids: Primary key of the admin area of each input area.
        report: Called with the share done and the name of the step.
    """
    by.require("prior.run")
    inputs = replace(inputs, surveyed=surveyed_ground(by, note.country))
    result = run_prior(inputs, config, report or (lambda share, step: None))
    return save_run(record_of(result, district_ids), note, by=by)


def reweigh_prior(
    prior: SurveyPrior,
    weights: Mapping[str, float],
    reason: str,
    *,
    by: Actor,
    report: Report | None = None,
) -> SurveyPrior:
    """Rank the units of a stored run again with other weights, as a new run.

    The layers stay those of the stored run; what has been surveyed is read anew. The
    sensitivity to kernels and doubtful months needs the records and is left out.

    Raises:
        InvalidInput: No reason, or weights that cannot be used.
    """
    SurveyPriorPolicy.require_row(by, "run", prior)
    if not reason.strip():
        raise InvalidInput(
            _("Say why the weights change: it stays with the run."), field="reason"
        )
    started = time.perf_counter()
    config = config_from({**prior.config, "weights": _known(weights, prior)})
    surveyed = surveyed_ground(by, prior.country)
    rows: list[RankedRow] = []
    sensitivity = {}
    for done, (level, _label) in enumerate(LEVELS):
        if report is not None:
            report(done / len(LEVELS), level)
        units = list(prior.ranked.filter(level=level).order_by("pk"))
        result = reweigh_level(stored_level(level, prior.kind, units), config, surveyed)
        sensitivity[level] = sensitivity_of(result)
        contexts = [unit.context for unit in units]
        rows += rows_of(result, contexts, [unit.admin_area_id for unit in units])
    run = RunRecord(
        kind=prior.kind,
        config=config.as_dict(),
        weights=weights_of(config, list(prior.weights)),
        missing=_missing(prior, surveyed is not None),
        sources=prior.inputs,
        account=prior.account,
        sensitivity=sensitivity,
        notes=prior.notes,
        counts=prior.counts,
        versions=versions(),
        seconds=time.perf_counter() - started,
        rows=rows,
    )
    note = RunNote(prior.country, prior.organisation, reason=reason, rerun_of=prior)
    return save_run(run, note, by=by)


@transaction.atomic
def note_export(prior: SurveyPrior, form: str, *, by: Actor) -> None:
    """Write into the history that somebody took a run out as a file.

    Args:
        form: ``csv``, ``geojson`` or ``pdf``.
    """
    SurveyPriorPolicy.require_row(by, "export", prior)
    entry = Entry(
        prior.organisation_id,
        "prior.export",
        "survey_prior",
        prior.uid,
        prior.title,
        after={"form": form},
    )
    record(entry, by=by)


def _known(weights: Mapping[str, float], prior: SurveyPrior) -> dict[str, float]:
    """Return the weights of the layers that the run has; others have no say."""
    strangers = set(weights) - set(prior.weights)
    if strangers:
        raise InvalidInput(
            _("This run has no layer “%(layer)s”.") % {"layer": sorted(strangers)[0]}
        )
    return {key: float(weights.get(key, 0.0)) for key in prior.weights}


def _missing(prior: SurveyPrior, surveyed_known: bool) -> tuple[str, ...]:
    layers = [name for name in prior.missing_layers if name != SURVEYED]
    return (*layers, *(() if surveyed_known else (SURVEYED,)))
