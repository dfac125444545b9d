import json
from importlib.resources import files
from pathlib import Path

import pytest

from ..config import PriorConfig, config_from, load_config
from ..errors import PriorConfigInvalid


@pytest.mark.parametrize("country, epsg", [("laos", 32648), ("azerbaijan", 32638)])
def test_country_packs_bring_settings_that_can_be_used(country, epsg):
    pack = files("safelane.countries") / country / "survey_prior.yaml"
    assert load_config(Path(str(pack))).epsg == epsg


def test_settings_survive_storage_as_json():
    config = PriorConfig(gap_months=("1967-11",), weights={"intensity": 1.0})
    assert config_from(json.loads(json.dumps(config.as_dict()))) == config


@pytest.mark.parametrize(
    "values",
    [
        {"unit": 5250},
        {"cell": 0},
        {"bandwidths": []},
        {"bandwidths": [500, -1]},
        {"order": ["intensity", "intensity"]},
        {"order": ["intensity", "luck"]},
        {"weights": {"intensity": -1}},
        {"weights": {"intensity": 0}},
        {"draws": 0},
        {"no_such_setting": 1},
    ],
)
def test_values_that_cannot_be_used_are_refused(values):
    with pytest.raises(PriorConfigInvalid):
        config_from(values)


def test_a_file_without_settings_is_refused(tmp_path):
    path = tmp_path / "survey_prior.yaml"
    path.write_text("- 1", encoding="utf-8")
    with pytest.raises(PriorConfigInvalid, match="settings"):
        load_config(path)
