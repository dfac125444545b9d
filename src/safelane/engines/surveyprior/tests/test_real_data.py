"""The pilots' published data: what a person who knows them would check."""

import csv
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from ..config import PriorConfig
from ..pilots.azerbaijan import (
    azerbaijan_inputs,
    read_former_lines,
    read_rayons,
    read_regions,
)
from ..pilots.laos import laos_inputs, read_provinces
from ..records.account import Tally
from ..run import run_prior

pytestmark = pytest.mark.shared_data

LAOS = PriorConfig(
    doubled_months=("1966-04", "1967-05", "1967-09", "1968-09"),
    suspect_months=("1968-05", "1968-06", "1969-06"),
    gap_months=("1967-11", "1969-03"),
    double_counting_from=1971,
    draws=50,
)


@pytest.fixture(scope="module")
def regions():
    pack = files("safelane.countries") / "azerbaijan" / "economic_regions.yaml"
    return read_regions(Path(str(pack)))


@pytest.fixture(scope="module")
def laos(reference_data):
    return run_prior(laos_inputs(reference_data, LAOS), LAOS)


def test_all_862_896_records_are_accounted_for(laos):
    account = laos.account
    assert account.read == Tally(862_896, 281_360) == account.published
    parts = [account.used, *account.set_aside.values()]
    assert sum(p.records for p in parts) == 862_896
    assert sum(p.target_months for p in parts) == 281_360
    assert account.set_aside["outside_districts"] == Tally(2_062, 251)
    assert account.used == Tally(860_834, 281_109)


def test_the_gaps_are_far_below_what_is_usual(laos):
    november, march = laos.account.gaps
    assert (november.month, november.found) == ("1967-11", 16)
    assert november.usual > 1000 and march.found < march.usual / 2


def test_districts_hold_what_the_published_table_says(laos, reference_data):
    path = reference_data / "laos_thor_missions" / "thor_laos_by_district.csv"
    with path.open(encoding="utf-8") as stream:
        published = {r["shapeID"]: int(r["missions"]) for r in csv.DictReader(stream)}
    level = laos.levels["district"]
    ours = dict(zip([u.code for u in level.units], level.facts["records"], strict=True))
    for code, records in published.items():
        assert ours[code] == records


def test_the_districts_known_as_most_bombed_lead_by_density(laos):
    level = laos.levels["district"]
    density = level.facts["records"] / level.facts["area_km2"]
    names = [level.units[i].name for i in np.argsort(-density)[:4]]
    assert names == ["Sepone", "Bualapha", "Nong", "Pek"]
    order = np.argsort(-level.layers["intensity"])[:4]
    assert {level.units[i].name for i in order} == set(names)


def test_units_cover_the_country_and_keep_every_target_month(laos):
    level = laos.levels["unit"]
    assert level.facts["area_km2"].sum() == pytest.approx(230_545, rel=0.001)
    # A few lie in squares that hold no cell centre of the country.
    assert level.facts["target_months"].sum() == pytest.approx(281_109, abs=60)


def test_the_half_of_the_years_hardly_matters(laos):
    changes = {s.change: s for s in laos.levels["district"].sensitivity}
    assert changes["years:first_half"].kendall > 0.75
    assert changes["years:second_half"].kendall > 0.75
    assert changes["without:doubtful_months"].kendall > 0.95


def test_the_eighteen_provinces_have_their_own_codes(reference_data):
    provinces = read_provinces(reference_data)
    assert len({p.code for p in provinces}) == 18


def test_rayons_have_their_own_codes_and_lachin_its_name(reference_data, regions):
    rayons = read_rayons(reference_data, regions)
    assert len({r.code for r in rayons}) == 78
    assert all(r.parent for r in rayons)
    lachin = next(r for r in rayons if r.name == "Laçın")
    assert lachin.geometry.centroid.x == pytest.approx(46.3, abs=0.1)
    assert sum(r.name == "Lankaran" for r in rayons) == 2


def test_the_1994_line_comes_first_and_is_as_long_as_drawn(reference_data):
    from pyproj import Geod

    first, second = read_former_lines(reference_data)
    assert (first.year, second.year) == (1994, 1991)
    length = Geod(ellps="WGS84").geometry_length(first.geometry) / 1000
    assert length == pytest.approx(203, abs=2)


def test_districts_along_the_1994_line_lead_in_azerbaijan(reference_data, regions):
    config = PriorConfig(
        epsg=32638, bandwidths=(1000.0, 2500.0, 5000.0, 10000.0), draws=50
    )
    result = run_prior(azerbaijan_inputs(reference_data, regions), config)
    level = result.levels["district"]
    names = {level.units[i].name for i in level.first(6)}
    assert {"Ağdam", "Füzuli", "Tərtər"} <= names
