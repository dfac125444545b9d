import numpy as np
import pytest

from ..config import PriorConfig
from ..ranking import rank_units
from ..stability import field_sensitivity, rank_stability, weight_sensitivity

CONFIG = PriorConfig(draws=400, top=1, order=("intensity", "people"))


def ranking(first, second):
    layers = {"intensity": np.array(first), "people": np.array(second)}
    return rank_units(layers, {"intensity": 0.75, "people": 0.25})


def test_a_unit_first_in_every_layer_stays_first():
    result = rank_stability(ranking([3.0, 2, 1], [3.0, 2, 1]), CONFIG, None)
    assert result.low.tolist() == result.high.tolist() == [1, 2, 3]
    assert result.top_share.tolist() == [1.0, 0.0, 0.0]


def test_a_unit_first_by_one_layer_only_has_a_wide_interval():
    """Unit 0 leads in people, unit 1 in records: w > 1/2 puts unit 1 first."""
    result = rank_stability(ranking([1.0, 2.0], [2.0, 1.0]), CONFIG, None)
    assert result.top_share.tolist() == [0.0, 1.0]
    free = dict(
        (s.change, s)
        for s in weight_sensitivity(ranking([1.0, 2], [2.0, 1]), CONFIG, None)
    )
    assert free["weights:any"].top_kept == pytest.approx(0.5, abs=0.12)
    assert free["weight:intensity:dropped"].kendall == -1
    assert free["weight:people:dropped"].kendall == 1


def test_another_field_that_reverses_the_order_says_so():
    base = ranking([3.0, 2.0, 1.0], [3.0, 2.0, 1.0])
    reverse = {"intensity": np.array([1.0, 2, 3]), "people": np.array([1.0, 2, 3])}
    change = field_sensitivity("years:first_half", base, reverse, CONFIG, None)
    assert (change.kendall, change.top_kept) == (-1, 0)


def test_surveyed_ground_falls_in_every_weighting():
    done = np.array([0.0, 1.0, 1.0])
    result = rank_stability(ranking([3.0, 2, 1], [3.0, 2, 1]), CONFIG, done)
    assert result.low[1] == 1 and result.low[0] >= 2
