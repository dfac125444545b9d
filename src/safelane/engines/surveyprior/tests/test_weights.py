import numpy as np
import pytest

from ..config import PriorConfig
from ..weights import draw_weights, one_at_a_time, rank_order_centroid, weights_of


def test_centroid_of_seven_is_the_published_row():
    expected = [0.370, 0.228, 0.156, 0.109, 0.073, 0.044, 0.020]
    assert rank_order_centroid(7) == pytest.approx(expected, abs=6e-4)


def test_weights_of_layers_that_are_there_sum_to_one():
    weights = weights_of(PriorConfig(), ["intensity", "people", "rivers"])
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["intensity"] / weights["rivers"] == pytest.approx(25 / 3)


def test_explicit_weights_are_kept():
    config = PriorConfig(weights={"intensity": 3, "people": 1})
    assert weights_of(config, ["intensity", "people"]) == {
        "intensity": 0.75,
        "people": 0.25,
    }


def test_draws_keep_the_order_and_their_mean_is_the_centroid():
    config = PriorConfig(draws=20_000)
    centroid = rank_order_centroid(4)[[2, 0, 1, 3]]
    drawn = draw_weights(config, centroid)
    assert (drawn[:, 1] >= drawn[:, 2]).all() and (drawn[:, 2] >= drawn[:, 0]).all()
    assert drawn.sum(axis=1) == pytest.approx(1)
    assert drawn.mean(axis=0) == pytest.approx(centroid, abs=0.01)


def test_draws_around_explicit_weights_have_them_as_mean():
    config = PriorConfig(draws=20_000, weights={"intensity": 0.7, "people": 0.3})
    drawn = draw_weights(config, np.array([0.7, 0.3]))
    assert drawn.mean(axis=0) == pytest.approx([0.7, 0.3], abs=0.01)


def test_free_draws_know_no_order():
    drawn = draw_weights(PriorConfig(draws=20_000), np.array([0.75, 0.25]), free=True)
    assert drawn.mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.01)


def test_the_same_seed_gives_the_same_draws():
    first, second = (draw_weights(PriorConfig(), np.array([0.7, 0.3])) for _ in "ab")
    assert (first == second).all()


def test_one_at_a_time_changes_one_weight_and_renormalises():
    changes = {(i, name): w for i, name, w in one_at_a_time(np.array([0.6, 0.4]))}
    assert changes[(0, "dropped")].tolist() == [0.0, 1.0]
    assert changes[(1, "halved")] == pytest.approx([0.75, 0.25])
    assert changes[(1, "doubled")] == pytest.approx([3 / 7, 4 / 7])
