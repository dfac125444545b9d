"""Settings of a survey prior: dataclasses with defaults, overridden by YAML.

A country pack may bring ``survey_prior.yaml``; the keys are the field names below.
All lengths are metres unless the name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

import yaml

from .errors import PriorConfigInvalid

Kernel = Literal["gaussian", "quartic"]
Dose = Literal["target_months", "log1p_records"]

LAYERS = ("intensity", "people", "places", "rivers", "roads")


@dataclass(frozen=True, slots=True)
class PriorConfig:
    """All that a run can be told; the values used are stored with the run.

    Args:
        epsg: Local metric CRS (a UTM zone) for every distance and cell.
        cell: Side of the working lattice.
        unit: Side of a survey unit, a multiple of ``cell``.
        kernel: Shape of the distance kernel.
        bandwidths: Kernel widths averaged into the intensity; they stand for the
            position error of the records (hundreds of metres to kilometres).
        dose: What one distinct target-month weighs: 1, or log(1 + records).
        line_uncertainty: Position errors averaged into the kernel of a drawn line.
        line_weights: Weight of each drawn line before its age, the first line first.
        line_half_life: Years after which a line's weight halves.
        people_decay: Distance over which people, places, rivers count 1/e.
        order: Layers by importance, most important first.
        weights: Explicit weights by layer; empty means rank-order centroid.
        draws: Random weightings for the stability check.
        concentration: How close random weightings stay to explicit weights.
        seed: Seed of those draws.
        top: Length of the list that "in the top" means.
        reference_year: Year from which the age of a line counts.
        doubled_months: Months ("1966-04") that look appended twice.
        suspect_months: Months that were probably appended twice.
        gap_months: Months that the source misses in whole or in part.
        double_counting_from: First year in which one mission makes several records.
        split_year: Last year of the first half for the check over time.
    """

    epsg: int = 32648
    cell: float = 500.0
    unit: float = 5000.0
    kernel: Kernel = "gaussian"
    bandwidths: tuple[float, ...] = (500.0, 1000.0, 2500.0, 5000.0)
    dose: Dose = "target_months"
    line_uncertainty: tuple[float, ...] = (500.0, 1000.0, 2000.0)
    line_weights: tuple[float, ...] = (1.0, 0.25)
    line_half_life: float = 30.0
    people_decay: float = 5000.0
    order: tuple[str, ...] = ("intensity", "people", "places", "rivers")
    weights: Mapping[str, float] | None = None
    draws: int = 1000
    concentration: float = 20.0
    seed: int = 20260101
    top: int = 10
    reference_year: int = 2026
    doubled_months: tuple[str, ...] = ()
    suspect_months: tuple[str, ...] = ()
    gap_months: tuple[str, ...] = ()
    double_counting_from: int = 9999
    split_year: int = 1969

    def __post_init__(self) -> None:
        _check_lengths(self)
        _check_layers(self)

    def changed(self, **values: Any) -> PriorConfig:
        """Return a copy with other values, checked like a new one."""
        return replace(self, **values)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON and for storage with the run."""
        pairs = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in pairs.items()
        }


def config_from(values: Mapping[str, Any]) -> PriorConfig:
    """Build settings from plain values.

    Raises:
        PriorConfigInvalid: An unknown key, or a value outside its range.
    """
    known = {f.name for f in fields(PriorConfig)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise PriorConfigInvalid(
            f"Unknown setting(s) {', '.join(unknown)}; "
            f"known: {', '.join(sorted(known))}."
        )
    tidy: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in values.items()
    }
    return PriorConfig(**tidy)


def load_config(path: Path) -> PriorConfig:
    """Read settings from a country pack's YAML file.

    Raises:
        PriorConfigInvalid: The file is not a mapping of known settings.
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not isinstance(content.get("settings"), dict):
        raise PriorConfigInvalid(f"{path.name} has no mapping named 'settings'.")
    return config_from(content["settings"])


def _check_lengths(config: PriorConfig) -> None:
    ratio = config.unit / config.cell if config.cell > 0 else 0.5
    if config.cell <= 0 or ratio < 1 or ratio != int(ratio):
        raise PriorConfigInvalid(
            f"A unit of {config.unit} m is not a whole number of {config.cell} m cells."
        )
    lengths = (*config.bandwidths, *config.line_uncertainty, config.people_decay)
    if not config.bandwidths or min(lengths) <= 0 or config.line_half_life <= 0:
        raise PriorConfigInvalid("Bandwidths, decay and half-life must be above 0.")
    if config.draws < 1 or config.top < 1 or config.concentration <= 0:
        raise PriorConfigInvalid("draws, top and concentration must be above 0.")


def _check_layers(config: PriorConfig) -> None:
    if not config.order or len(set(config.order)) != len(config.order):
        raise PriorConfigInvalid("order must name each layer once.")
    strangers = (set(config.order) | set(config.weights or ())) - set(LAYERS)
    if strangers:
        raise PriorConfigInvalid(
            f"Unknown layer(s) {', '.join(sorted(strangers))}; "
            f"known: {', '.join(LAYERS)}."
        )
    given = [config.weights.get(k, 0.0) for k in config.order] if config.weights else []
    if given and (min(given) < 0 or sum(given) <= 0):
        raise PriorConfigInvalid("Weights must not be negative and not all 0.")
