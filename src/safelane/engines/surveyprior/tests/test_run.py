import numpy as np
import pytest
from shapely.geometry import box

from ..lattice import to_wgs84
from ..reasons import number_text, sentence
from ..run import run_prior
from ..sources import line_kernel
from .toy import CONFIG, EPSG, X0, Y0, line_inputs, record_inputs


@pytest.fixture(scope="module")
def result():
    return run_prior(record_inputs(), CONFIG)


def test_the_district_with_more_target_months_by_people_is_first(result):
    level = result.levels["district"]
    assert [level.units[i].code for i in level.first(2)] == ["west", "east"]
    assert level.facts["target_months"].tolist() == [3, 1]
    assert level.facts["records"].tolist() == [11, 50]


def test_mean_intensity_times_area_is_the_number_of_target_months(result):
    layers = result.levels["district"].layers["intensity"]
    assert layers * 100 == pytest.approx([3, 1], rel=0.02)


def test_the_first_unit_is_the_square_with_the_three_targets(result):
    level = result.levels["unit"]
    first = level.first(1)[0]
    assert level.units[first].code == "TY-48N-0500-2000"
    assert level.units[first].near.place == "Place p1"
    assert level.units[first].near.metres == pytest.approx(0, abs=1)
    assert len(level.units) == 8


def test_communities_without_known_people_are_partial(result):
    level = result.levels["community"]
    assert [u.code for u in level.units] == ["p1", "p2", "p3"]
    assert level.ranking.partial.tolist() == [False, False, True]
    assert level.units[level.first(1)[0]].code == "p1"
    assert "places" not in level.layers
    assert level.facts["target_months"].tolist() == [3, 0, 1]


def test_layers_that_nobody_supplied_are_named(result):
    assert result.missing == ("rivers", "surveyed")
    assert sum(result.weights.values()) == pytest.approx(1)


def test_reasons_say_the_values_and_the_place(result):
    level = result.levels["district"]
    first = level.reasons[level.first(1)[0]]
    assert sentence(first[0]) == "0.03 bombing target-months per km² (number 1 of 2)"
    assert first[0].share > first[1].share


def test_a_unit_with_nothing_in_reach_is_never_called_clear(result):
    level = result.levels["unit"]
    last = int(np.argmax(level.ranking.rank))
    assert level.ranking.score[last] == 0
    assert level.reasons[last][-1].key == "nothing"
    assert "least of all that the land is clear" in sentence(level.reasons[last][-1])


def test_the_same_inputs_give_the_same_result(result):
    again = run_prior(record_inputs(), CONFIG)
    for name, level in result.levels.items():
        other = again.levels[name]
        assert (level.ranking.rank == other.ranking.rank).all()
        assert (level.stability.low == other.stability.low).all()


def test_surveyed_land_falls_back_and_says_so():
    done = to_wgs84(box(X0, Y0, X0 + 10_000, Y0 + 9_000), EPSG)
    result = run_prior(record_inputs(surveyed=[done]), CONFIG)
    level = result.levels["district"]
    assert level.facts["surveyed"] == pytest.approx([0.9, 0.0], abs=1e-3)
    assert "surveyed" not in result.missing
    assert (
        sentence(level.reasons[0][-1]) == "90 % surveyed already, taken off the score"
    )
    unit = result.levels["unit"]
    assert unit.facts["surveyed"][0] == pytest.approx(1.0, abs=1e-3)
    assert unit.ranking.rank[0] > 1


def test_progress_runs_from_nothing_to_all():
    steps = []
    run_prior(record_inputs(), CONFIG, lambda share, step: steps.append(share))
    assert steps[0] == 0 and steps[-1] == 1 and steps == sorted(steps)


def test_lines_rank_by_nearness_less_with_age_and_weight():
    result = run_prior(line_inputs(), CONFIG)
    level = result.levels["district"]
    assert result.account is None and result.kind == "lines"
    assert level.units[level.first(1)[0]].code == "west"
    assert level.facts["line_km"][0] == pytest.approx(3.88, abs=0.05)
    changes = {s.change for s in level.sensitivity}
    assert {"without:later_lines", "lines:equal", "half_life:15"} <= changes


def test_the_line_kernel_is_a_gaussian_wider_by_the_position_error():
    config = CONFIG.changed(bandwidths=(3000.0,), line_uncertainty=(4000.0,))
    metres = np.array([0.0, 5000.0])
    assert line_kernel(metres, config) == pytest.approx([1.0, np.exp(-0.5)])


@pytest.mark.parametrize(
    "value, text", [(0.04, "0.04"), (3.24, "3.2"), (61.4, "61"), (9754, "9,754")]
)
def test_numbers_show_the_digits_they_deserve(value, text):
    assert number_text(value) == text
