"""Read the US air-strike target records for Laos (THOR) and account for each one.

A row of the file is a distinct (year, month, latitude, longitude): a target-month,
with the number of records behind it. The records themselves are no dose: months were
appended twice and from 1971 one mission makes several records. So a target-month
counts once, or as log(1 + records) with the doubling taken out.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
import numpy.typing as npt

from ..config import PriorConfig
from ..errors import PriorInputMissing
from .account import Account, Gap, Tally

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

PUBLISHED = Tally(records=862_896, target_months=281_360)
POINTS_FILE = "thor_laos_points.csv.gz"
DOUBLED = 2.0


@dataclass(frozen=True, slots=True)
class TargetMonths:
    """Distinct target-months in reading order, with the lines that were no use.

    Args:
        month: Months since January of year 0 (``year * 12 + month - 1``).
        lat, lon: WGS 84 degrees of a target coordinate, never an impact point.
        records: Records behind each target-month.
        unreadable: Lines whose numbers cannot be read or are out of range.
        repeated: Rows that repeat an earlier (month, latitude, longitude).
    """

    month: Ints
    lat: Floats
    lon: Floats
    records: Ints
    unreadable: Tally = Tally()
    repeated: Tally = Tally()

    @property
    def year(self) -> Ints:
        """Calendar year of each target-month."""
        return self.month // 12

    @property
    def tally(self) -> Tally:
        """Records and target-months held here."""
        return Tally(int(self.records.sum()), len(self.records))

    def select(self, keep: Flags) -> TargetMonths:
        """Return the target-months where ``keep`` is true."""
        return TargetMonths(
            self.month[keep], self.lat[keep], self.lon[keep], self.records[keep]
        )

    def in_months(self, months: Iterable[str]) -> Flags:
        """Tell which target-months fall in the named months ("1966-04")."""
        return np.isin(self.month, [_month_number(m) for m in months])


def read_target_months(path: Path) -> TargetMonths:
    """Read the points file (CSV, gzip or plain).

    Raises:
        PriorInputMissing: No such file, or no row in it can be read.
    """
    if not path.is_file():
        raise PriorInputMissing(
            f"There is no file {path.name} in {path.parent.name}/: "
            "give the folder of reference data with --data."
        )
    with _open_text(path) as stream:
        rows, unreadable = _parse(csv.DictReader(stream))
    if not len(rows):
        raise PriorInputMissing(f"{path.name} holds no readable row.")
    _, first = np.unique(rows[:, :3], axis=0, return_index=True)
    keep = np.zeros(len(rows), dtype=bool)
    keep[first] = True
    counts = rows[:, 3].astype(np.int64)
    repeated = Tally(int(counts[~keep].sum()), int((~keep).sum()))
    kept = rows[keep]
    return TargetMonths(
        kept[:, 0].astype(np.int64),
        kept[:, 1],
        kept[:, 2],
        counts[keep],
        unreadable,
        repeated,
    )


def dose(points: TargetMonths, config: PriorConfig) -> Floats:
    """Return what each target-month weighs in the intensity.

    ``target_months``: 1. ``log1p_records``: ln(1 + records), the records halved in
    months that look appended twice and from the year of double counting.
    """
    if config.dose == "target_months":
        return np.ones(len(points.records))
    twice = points.in_months((*config.doubled_months, *config.suspect_months))
    twice |= points.year >= config.double_counting_from
    return np.log1p(np.where(twice, points.records / DOUBLED, points.records))


def account_for(
    points: TargetMonths,
    inside: Flags,
    config: PriorConfig,
    published: Tally | None = None,
) -> Account:
    """Write the books of a run.

    Args:
        points: All that was read.
        inside: Which target-months lie inside a district, hence are used.
        config: Names the doubtful and the missing months.
        published: Totals that the source states.
    """
    used, outside = points.select(inside), points.select(~inside)
    set_aside = {
        "unreadable": points.unreadable,
        "repeated_row": points.repeated,
        "outside_districts": outside.tally,
    }
    read = sum((points.unreadable, points.repeated), points.tally)
    return Account(
        read,
        used.tally,
        set_aside,
        _doubts(used, config),
        _gaps(points, config),
        published,
    )


def _doubts(used: TargetMonths, config: PriorConfig) -> dict[str, Tally]:
    return {
        "doubled_months": used.select(used.in_months(config.doubled_months)).tally,
        "suspect_months": used.select(used.in_months(config.suspect_months)).tally,
        "double_counting": used.select(used.year >= config.double_counting_from).tally,
    }


def _gaps(points: TargetMonths, config: PriorConfig) -> tuple[Gap, ...]:
    per_month = dict(zip(*np.unique(points.month, return_counts=True), strict=True))
    gaps = []
    for name in config.gap_months:
        number = _month_number(name)
        around = [int(per_month.get(number + k, 0)) for k in (-2, -1, 1, 2)]
        found = int(per_month.get(number, 0))
        gaps.append(Gap(name, found, int(np.median(around))))
    return tuple(gaps)


def _month_number(name: str) -> int:
    year, month = name.split("-")
    return int(year) * 12 + int(month) - 1


def _open_text(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _parse(lines: Iterable[dict[str, str]]) -> tuple[Floats, Tally]:
    bad: list[int] = []
    rows = np.array(list(_readable(lines, bad)), dtype=np.float64).reshape(-1, 4)
    return rows, Tally(sum(bad), len(bad))


def _readable(
    lines: Iterable[dict[str, str]], bad: list[int]
) -> Iterator[tuple[int, float, float, int]]:
    for line in lines:
        try:
            yield _row(line)
        except (KeyError, TypeError, ValueError):
            bad.append(_records_of(line))


def _row(line: dict[str, str]) -> tuple[int, float, float, int]:
    year, month, count = int(line["year"]), int(line["month"]), int(line["missions"])
    lat, lon = float(line["lat"]), float(line["lon"])
    if not (1 <= month <= 12 and abs(lat) <= 90 and abs(lon) <= 180 and count > 0):
        raise ValueError(line)
    return year * 12 + month - 1, lat, lon, count


def _records_of(line: dict[str, str]) -> int:
    """Return the record count of a faulty line; one where even that is unreadable."""
    try:
        return max(int(line["missions"]), 1)
    except (KeyError, TypeError, ValueError):
        return 1
