"""Where to survey first: rankings from invented records and an invented front line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import safelane.countries
from safelane.demo.build.workspace import PACKS, Workspace
from safelane.demo.world.streams import stream
from safelane.engines.surveyprior import (
    Account,
    Area,
    Line,
    LineSource,
    Place,
    PriorInputs,
    RecordSource,
    Source,
    Tally,
    load_config,
)
from safelane.engines.surveyprior.lattice import which_area
from safelane.engines.surveyprior.records.thor import TargetMonths
from safelane.organisations.models import AdminArea, Country
from safelane.risk.actions import rank_ground, reweigh_prior
from safelane.risk.models import SurveyPrior

AUTHORITIES = {"LA": "demo-la-authority", "AZ": "demo-az-authority"}
FRONT, FRONT_YEAR = "front", 1994
DISTRICT = 2
PER_AREA, SPREAD_DEGREES, STRAY_SHARE = 4, 0.02, 0.25
FIRST_MONTH, LAST_MONTH = 1965 * 12 + 9, 1973 * 12 + 6
DRAWS = 200
SOURCE = Source("Invented records", "generated from the seed of the demo", "none")
SHARED = "The same for everybody who sees rankings, without what was surveyed."
NOTE = "Generated demo data: no record, line or place here is real."


def build_priorities(workspace: Workspace) -> None:
    """Rank districts, communities and survey units of each pilot once."""
    for code in workspace.shown("Where to survey first", list(AUTHORITIES)):
        country = workspace.countries[code]
        if not SurveyPrior.objects.filter(country=country).exists():
            _rank(workspace, code, country)


def _rank(workspace: Workspace, code: str, country: Country) -> None:
    areas = [a for a in workspace.world.areas() if a.country == code]
    districts = [a for a in areas if a.level == DISTRICT]
    saved = AdminArea.objects.filter(country=country, level=DISTRICT)
    keys = dict(saved.values_list("code", "pk"))
    path = Path(safelane.countries.__file__).parent / PACKS[code]
    prior = rank_ground(
        _inputs(workspace, code, [Area(a.key, a.name, a.geometry) for a in districts]),
        load_config(path / "survey_prior.yaml").changed(draws=DRAWS),
        SurveyPrior(
            country=country,
            organisation=workspace.organisations[AUTHORITIES[code]],
            reason=NOTE,
        ),
        [keys[a.key] for a in districts],
        by=workspace.manager(code),
    )
    reweigh_prior(prior, prior.weights, SHARED, shared=True, by=workspace.manager(code))


def _inputs(workspace: Workspace, code: str, districts: list[Area]) -> PriorInputs:
    places = [
        Place(p.key, p.name, p.geometry.x, p.geometry.y, p.population)
        for p in workspace.world.places()
        if p.country == code
    ]
    fronts = tuple(
        Line(line.name, FRONT_YEAR, line.geometry)
        for line in workspace.world.lines()
        if line.country == code and line.kind == FRONT
    )
    source = LineSource(fronts[:1]) if fronts else _records(workspace, code, districts)
    return PriorInputs(
        code, districts, places, source, sources=(SOURCE,), notes=(NOTE,)
    )


def _records(workspace: Workspace, code: str, districts: list[Area]) -> RecordSource:
    """Return target-months around the areas of the world, and some elsewhere."""
    rng = stream(workspace.world.seed, "priorities")
    lon, lat = _positions(workspace, code, rng)
    found = which_area([area.geometry for area in districts], lon, lat)
    inside = np.asarray(found >= 0)
    count = int(inside.sum())
    points = TargetMonths(
        rng.integers(FIRST_MONTH, LAST_MONTH, count),
        lat[inside],
        lon[inside],
        rng.integers(1, 9, count),
    )
    return RecordSource(points, found[inside], _account(points))


def _positions(
    workspace: Workspace, code: str, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    hazards = [h for h in workspace.world.hazards if h.country == code]
    centres = np.array([h.geometry.centroid.coords[0] for h in hazards])
    near = np.repeat(centres, PER_AREA, axis=0)
    near = near + rng.normal(0, SPREAD_DEGREES, near.shape)
    strays = rng.uniform(
        centres.min(axis=0), centres.max(axis=0), (int(len(near) * STRAY_SHARE), 2)
    )
    lon, lat = np.vstack([near, strays]).round(5).T
    return lon, lat


def _account(points: TargetMonths) -> Account:
    tally = Tally(int(points.records.sum()), len(points.records))
    return Account(tally, tally)
