"""The only place that writes survey priors: running one, and weighing one again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput
from safelane.core.history.actions import Entry, record
from safelane.core.scope import Actor
from safelane.countries import load_pack
from safelane.engines.surveyprior import (
    Area,
    LevelResult,
    PriorConfig,
    PriorInputs,
    PriorResult,
    Unit,
    config_from,
    run_prior,
)
from safelane.engines.surveyprior.lattice import Floats
from safelane.engines.surveyprior.reweigh import SURVEYED, StoredLevel, reweigh_level
from safelane.engines.surveyprior.run import versions
from safelane.engines.surveyprior.weights import weights_of
from safelane.organisations.actions import (
    create_country,
    create_organisation,
    import_admin_areas,
    import_places,
)
from safelane.organisations.models import Country, Organisation
from safelane.risk.models import LEVELS, RankedUnit, SurveyPrior
from safelane.risk.pilots import Pilot, pilot_named, place_rows
from safelane.risk.policies import SurveyPriorPolicy
from safelane.risk.queries import surveyed_ground

Report = Callable[[float, str], None]
AUTHORITY = "authority"
# What other weights leave as it was.
HELD = ("country", "organisation", "kind", "inputs", "account", "notes", "counts")
BATCH = 500
DIGITS = 6


def _silent(_share: float, _step: str) -> None:
    """Tell nobody how far it is."""


def run_survey_prior(
    pilot: str, data: Path, *, by: Actor, report: Report = _silent
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
    chosen = pilot_named(pilot)
    config = chosen.config
    report(0.0, "read")
    inputs = chosen.read(data, config)
    report(0.05, "register")
    country, organisation, district_ids = register_pilot(chosen, data, inputs, by=by)
    prior = rank_ground(
        inputs,
        config,
        SurveyPrior(country=country, organisation=organisation),
        district_ids,
        by=by,
        report=lambda share, step: report(0.1 + 0.75 * share, step),
    )
    report(1.0, "done")
    return prior


@transaction.atomic
def register_pilot(
    pilot: Pilot, data: Path, inputs: PriorInputs, *, by: Actor
) -> tuple[Country, Organisation, list[int]]:
    """Create or update the pilot's country, admin areas, places and authority.

    Running twice changes nothing. Needs ``area.manage`` and ``organisation.manage``.

    Returns:
        The country, its authority, and the admin area of each area of the inputs.
    """
    country = create_country(pilot.name, by=by)
    source = "; ".join(f"{s.name}: {s.detail} ({s.licence})" for s in inputs.sources)
    rows = pilot.area_rows(data, inputs)
    areas = import_admin_areas(rows, country=country, source=source[:300], by=by)
    import_places(place_rows(inputs), country=country, source=source[:300], by=by)
    districts = areas[len(rows) - len(inputs.areas) :]
    return country, _authority(pilot, country, by), [area.pk for area in districts]


def _authority(pilot: Pilot, country: Country, by: Actor) -> Organisation:
    """Return the country's authority, registered if there is none yet."""
    found = Organisation.objects.filter(country=country, kind=AUTHORITY).first()
    if found is not None:
        return found
    name = load_pack(pilot.name).authority["en"]
    return create_organisation(
        name, pilot.short_name, AUTHORITY, country=country, by=by
    )


def rank_ground(
    inputs: PriorInputs,
    config: PriorConfig,
    prior: SurveyPrior,
    district_ids: Sequence[int],
    *,
    by: Actor,
    report: Report = _silent,
) -> SurveyPrior:
    """Rank the ground of an organisation from inputs that are at hand, and save it.

    Args:
        prior: Unsaved; says whose ground it is, in which country, and why.
        district_ids: Primary key of the admin area of each input area.
        report: Called with the share done and the name of the step.
    """
    by.require("prior.run")
    inputs = replace(inputs, surveyed=surveyed_ground(by, prior.country))
    result = run_prior(inputs, config, report)
    return save_result(prior, result, district_ids, by=by)


def reweigh_prior(
    prior: SurveyPrior,
    weights: Mapping[str, float],
    reason: str,
    *,
    shared: bool = False,
    by: Actor,
    report: Report = _silent,
    saved: Callable[[SurveyPrior], None] = lambda _new: None,
) -> SurveyPrior:
    """Rank the units of a stored run again with other weights, as a new run.

    The layers stay those of the stored run; what has been surveyed is read anew. The
    sensitivity to kernels and doubtful months needs the records and is left out.

    Args:
        shared: Leave out what was surveyed, so that whoever sees rankings may see it.
        saved: Is told of the new run in the transaction that saves it.

    Raises:
        InvalidInput: No reason, or weights that cannot be used.
    """
    SurveyPriorPolicy.require_row(by, "run", prior)
    _refuse_silence(reason)
    started = time.perf_counter()
    config = config_from({**prior.config, "weights": _known(weights, prior)})
    surveyed = None if shared else surveyed_ground(by, prior.country)
    found, sensitivity = list[RankedUnit](), {}
    for done, (level, _label) in enumerate(LEVELS):
        report(done / len(LEVELS), level)
        units = list(prior.ranked.filter(level=level).order_by("pk"))
        stored = _stored_level(level, prior.kind, units)
        result = reweigh_level(stored, config, surveyed)
        sensitivity[level] = [asdict(change) for change in result.sensitivity]
        contexts = [unit.context for unit in units]
        found += _units(result, contexts, [unit.admin_area_id for unit in units])
    new = SurveyPrior(
        **{name: getattr(prior, name) for name in HELD},
        reason=reason,
        rerun_of=prior,
        config=config.as_dict(),
        weights=weights_of(config, list(prior.weights)),
        missing_layers=_missing(prior, surveyed is not None),
        sensitivity=sensitivity,
        versions=versions(),
        seconds=time.perf_counter() - started,
    )
    return _save(new, found, by, saved)


def _refuse_silence(reason: str) -> None:
    if not reason.strip():
        said = _("Say why the weights change: it stays with the run.")
        raise InvalidInput(said, field="reason")


def _known(weights: Mapping[str, float], prior: SurveyPrior) -> dict[str, float]:
    """Return the weights of the layers that the run has; others have no say."""
    strangers = set(weights) - set(prior.weights)
    if strangers:
        raise InvalidInput(
            _("This run has no layer “%(layer)s”.") % {"layer": sorted(strangers)[0]}
        )
    return {key: float(weights.get(key, 0.0)) for key in prior.weights}


def _missing(prior: SurveyPrior, surveyed_known: bool) -> list[str]:
    layers = [name for name in prior.missing_layers if name != SURVEYED]
    return layers if surveyed_known else [*layers, SURVEYED]


def save_result(
    prior: SurveyPrior, result: PriorResult, district_ids: Sequence[int], *, by: Actor
) -> SurveyPrior:
    """Save a finished run with its units.

    Args:
        prior: As :func:`rank_ground` takes it.
        district_ids: Primary key of the admin area of each input area.

    Raises:
        NotPermitted: The country is outside the actor's ``prior.run``.
    """
    units: list[RankedUnit] = []
    for level in result.levels.values():
        contexts = [_context(unit, result.inputs.areas) for unit in level.units]
        area_ids = [district_ids[unit.district] for unit in level.units]
        units += _units(level, contexts, area_ids)
    prior.kind = result.kind
    prior.config = result.config.as_dict()
    prior.weights = dict(result.weights)
    prior.missing_layers = list(result.missing)
    prior.inputs = [asdict(source) for source in result.inputs.sources]
    prior.account = result.account.as_dict() if result.account else {}
    prior.sensitivity = {
        name: [asdict(change) for change in level.sensitivity]
        for name, level in result.levels.items()
    }
    prior.notes = list(result.inputs.notes)
    prior.counts = dict(result.standing())
    prior.versions = dict(result.versions)
    prior.seconds = result.seconds
    return _save(prior, units, by)


@transaction.atomic
def _save(
    prior: SurveyPrior,
    units: Sequence[RankedUnit],
    by: Actor,
    saved: Callable[[SurveyPrior], None] = lambda _new: None,
) -> SurveyPrior:
    """Save a run, its units and the change that says who ran it."""
    by.require("prior.run")
    prior.title = _("Where to survey first: %(country)s") % {
        "country": prior.country.name
    }
    prior.created_by_id, prior.created_by_name = by.user_id, by.name
    prior.surveyed = SURVEYED not in prior.missing_layers
    prior.created_at, prior.reason = timezone.now(), prior.reason.strip()
    prior.save()
    SurveyPriorPolicy.require_row(by, "run", prior)
    for unit in units:
        unit.prior = prior
    RankedUnit.objects.bulk_create(units, batch_size=BATCH)
    after = {name: getattr(prior, name) for name in ("weights", "config", "account")}
    after["rerun_of"] = str(prior.rerun_of.uid) if prior.rerun_of else ""
    _note("prior.run", prior, after, by)
    saved(prior)
    return prior


@transaction.atomic
def note_export(prior: SurveyPrior, form: str, *, by: Actor) -> None:
    """Write into the history that somebody took a run out as a file.

    Args:
        form: ``csv``, ``geojson`` or ``pdf``.
    """
    SurveyPriorPolicy.require_row(by, "export", prior)
    _note("prior.export", prior, {"form": form}, by)


def _note(verb: str, prior: SurveyPrior, after: dict[str, Any], by: Actor) -> None:
    reason = prior.reason if verb == "prior.run" else ""
    uid, title, home = prior.uid, prior.title, prior.organisation_id
    entry = Entry(home, verb, "survey_prior", uid, title, None, after, reason)
    record(entry, by=by)


def _units(
    level: LevelResult,
    contexts: Sequence[dict[str, Any]],
    area_ids: Sequence[int | None],
) -> list[RankedUnit]:
    """Return a level's units as they are stored, in the order of the level."""
    ranking, stability = level.ranking, level.stability
    columns = dict(zip(ranking.keys, ranking.percentiles.T, strict=True))
    return [
        RankedUnit(
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
            layers=_plain(level.layers, i),
            facts=_plain(level.facts, i),
            percentiles=_plain(columns, i),
            reasons=[reason.as_dict() for reason in level.reasons[i]],
            geometry=unit.geometry,
        )
        for i, unit in enumerate(level.units)
    ]


def _plain(values: Mapping[str, Floats], index: int) -> dict[str, float | None]:
    """Return one unit's numbers for JSON; unknown is null."""
    return {name: _number(column[index]) for name, column in values.items()}


def _number(value: float) -> float | None:
    """Return a float that JSON can hold, six significant digits."""
    return None if math.isnan(value) else float(f"{value:.{DIGITS}g}")


def _stored_level(level: str, kind: str, rows: Sequence[RankedUnit]) -> StoredLevel:
    """Return stored rows as the engine takes them."""
    units = [Unit(row.code, row.name, row.geometry, 0) for row in rows]
    layers, facts = [row.layers for row in rows], [row.facts for row in rows]
    return StoredLevel(level, kind, units, _columns(layers), _columns(facts))


def _columns(rows: Sequence[Mapping[str, float | None]]) -> dict[str, Floats]:
    names = rows[0] if rows else {}
    return {
        name: np.array([row.get(name) for row in rows], dtype=np.float64)
        for name in names
    }


def _context(unit: Unit, areas: Sequence[Area]) -> dict[str, Any]:
    area, near = areas[unit.district], unit.near
    context: dict[str, Any] = {"district": area.name, "parent": area.parent}
    if near is None:
        return context | {"near": None}
    km = _number(near.metres / 1000)
    told = {"place": near.place, "km": km, "compass": near.compass}
    return context | {"near": told}
