import numpy as np
import pytest

from ..ranking import percentile, rank_units, ranks

nan = float("nan")


def test_percentile_is_the_share_of_others_below():
    values = np.array([0.0, 0.0, 5.0, 7.0, 2.0])
    assert percentile(values).tolist() == [0.0, 0.0, 0.75, 1.0, 0.5]


def test_percentile_leaves_the_unknown_out():
    assert percentile(np.array([1.0, nan, 3.0])).tolist()[::2] == [0.0, 1.0]
    assert np.isnan(percentile(np.array([1.0, nan, 3.0]))[1])


def test_numerical_noise_makes_no_order():
    assert percentile(np.array([0.0, 1e-15, 1.0])).tolist() == [0.0, 0.0, 1.0]


def test_score_is_the_weighted_mean_of_percentiles():
    layers = {"intensity": np.array([1.0, 2.0, 3.0]), "people": np.array([9.0, 5, 7])}
    ranking = rank_units(layers, {"intensity": 0.75, "people": 0.25})
    assert ranking.score == pytest.approx([0.25, 0.375, 0.875])
    assert ranking.rank.tolist() == [3, 2, 1]


def test_a_missing_layer_gives_its_weight_to_the_others_and_is_flagged():
    layers = {"intensity": np.array([1.0, 2.0, 3.0]), "people": np.array([9.0, nan, 7])}
    ranking = rank_units(layers, {"intensity": 0.75, "people": 0.25})
    assert ranking.partial.tolist() == [False, True, False]
    assert ranking.score[1] == pytest.approx(0.5)


def test_a_missing_layer_without_weight_is_no_lack():
    layers = {"intensity": np.array([1.0, 2.0]), "people": np.array([nan, 1.0])}
    ranking = rank_units(layers, {"intensity": 1.0, "people": 0.0})
    assert not ranking.partial.any()


def test_surveyed_ground_loses_its_share_of_the_score():
    layers = {"intensity": np.array([1.0, 2.0, 3.0])}
    ranking = rank_units(layers, {"intensity": 1.0}, np.array([1.0, 1.0, 0.25]))
    assert ranking.score.tolist() == [0.0, 0.5, 0.25]
    assert ranking.rank.tolist() == [3, 1, 2]


def test_equal_scores_keep_the_order_of_the_input():
    assert ranks(np.array([0.5, 0.9, 0.5, 0.5])).tolist() == [2, 1, 3, 4]
    both = ranks(np.array([[0.5, 0.1], [0.9, 0.2]]))
    assert both.tolist() == [[2, 2], [1, 1]]
