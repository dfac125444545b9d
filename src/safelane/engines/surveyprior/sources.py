"""What the intensity comes from: bombing records, or former lines of contact.

Both give fields over the lattice's inside cells: ``base``, and one field per changed
assumption for the check of stability.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from .config import PriorConfig
from .geodata import Line
from .lattice import Flags, Floats, Ints, Lattice, project, to_metric
from .records.account import Account
from .records.thor import TargetMonths, dose

NamedField = tuple[str, Floats]
BASE = "base"


class IntensitySource(Protocol):
    """Anything that gives an intensity per lattice cell, and variants of it."""

    @property
    def kind(self) -> str:
        """Name of the source in the keys of reasons: ``records`` or ``lines``."""
        ...

    def fields(self, lattice: Lattice, config: PriorConfig) -> Iterator[NamedField]:
        """Yield ``(name, values at lattice.inside)``, the base field first."""
        ...


@dataclass(frozen=True)
class RecordSource:
    """Target-months inside the districts, smoothed by distance kernels.

    Args:
        points: Only what is used: the caller has set aside the rest.
        district: Index of the district of each target-month.
        account: The books of the records.
    """

    points: TargetMonths
    district: Ints
    account: Account
    kind: str = field(default="records", init=False)

    def fields(self, lattice: Lattice, config: PriorConfig) -> Iterator[NamedField]:
        """Yield the mixture of all bandwidths, each alone, other doses, other years."""
        metric = project(self.points.lon, self.points.lat, lattice.epsg)
        single = {
            width: self._density(lattice, config, metric, (width,))
            for width in config.bandwidths
        }
        yield BASE, np.mean(list(single.values()), axis=0)
        if len(single) > 1:
            yield from ((f"bandwidth:{w:g}", values) for w, values in single.items())
        other = "log1p_records" if config.dose == "target_months" else "target_months"
        changed = config.changed(dose=other)
        yield f"dose:{other}", self._density(lattice, changed, metric)
        for name, keep in self._subsets(config):
            if keep.any():
                yield name, self._density(lattice, config, metric, keep=keep)

    def _subsets(self, config: PriorConfig) -> Iterator[tuple[str, Flags]]:
        doubtful = self.points.in_months(
            (*config.doubled_months, *config.suspect_months)
        )
        yield "without:doubtful_months", ~doubtful
        yield "without:double_counting", self.points.year < config.double_counting_from
        yield "years:first_half", self.points.year <= config.split_year
        yield "years:second_half", self.points.year > config.split_year

    def _density(
        self,
        lattice: Lattice,
        config: PriorConfig,
        metric: Floats,
        bandwidths: tuple[float, ...] = (),
        keep: Flags | None = None,
    ) -> Floats:
        weights = dose(self.points, config)
        if keep is not None:
            weights = np.where(keep, weights, 0.0)
        counts = lattice.count(metric, weights)
        widths = bandwidths or config.bandwidths
        parts = [lattice.density(counts, config.kernel, width) for width in widths]
        return np.asarray(np.mean(parts, axis=0))


@dataclass(frozen=True)
class LineSource:
    """Former lines of contact: nearness, less with age, blurred by position error.

    ``K(d) = mean over bandwidths b and errors u of exp(-d2 / (2 (b2 + u2)))``;
    the field is the sum over lines of ``weight * 0.5 ** (age / half-life) * K(d)``.
    Segments of one line are one :class:`Line`.
    """

    lines: tuple[Line, ...]
    kind: str = field(default="lines", init=False)

    def fields(self, lattice: Lattice, config: PriorConfig) -> Iterator[NamedField]:
        """Yield the base field, each bandwidth and error alone, ages, single lines."""
        distances = self.distances(lattice)
        yield BASE, self._field(distances, config)
        for width in config.bandwidths:
            alone = config.changed(bandwidths=(width,))
            yield f"bandwidth:{width:g}", self._field(distances, alone)
        for error in config.line_uncertainty:
            alone = config.changed(line_uncertainty=(error,))
            yield f"line_error:{error:g}", self._field(distances, alone)
        for factor in (0.5, 2.0):
            years = config.line_half_life * factor
            other = config.changed(line_half_life=years)
            yield f"half_life:{years:g}", self._field(distances, other)
        if len(self.lines) > 1:
            yield "without:later_lines", self._field(distances[:1], config)
            equal = config.changed(line_weights=(1.0,) * len(self.lines))
            yield "lines:equal", self._field(distances, equal)

    def distances(self, lattice: Lattice) -> Floats:
        """Return metres to each line, shape (lines, cells inside)."""
        rows = [
            lattice.distances([to_metric(line.geometry, lattice.epsg)])
            for line in self.lines
        ]
        return np.array(rows)

    def age_weight(self, line: Line, config: PriorConfig) -> float:
        """Return 0.5 ** (age / half-life) at the configured reference year."""
        age = max(config.reference_year - line.year, 0)
        return float(0.5 ** (age / config.line_half_life))

    def _field(self, distances: Floats, config: PriorConfig) -> Floats:
        total = np.zeros(distances.shape[1])
        pairs = zip(self.lines, config.line_weights, distances, strict=False)
        for line, weight, metres in pairs:
            age = self.age_weight(line, config)
            total += weight * age * line_kernel(metres, config)
        return total


def line_kernel(metres: Floats, config: PriorConfig) -> Floats:
    """Return K(d): 1 on the line, towards 0 away from it."""
    parts = [
        np.exp(-(metres**2) / (2 * (width**2 + error**2)))
        for width in config.bandwidths
        for error in config.line_uncertainty
    ]
    return np.asarray(np.mean(parts, axis=0))
