"""Survey prior: time, memory, and what can honestly be checked without ground truth.

    python benchmarks/bench_prior.py --data ../shared/data [--draws 1000]

There is no public layer of surveyed ground in Laos or Azerbaijan, so nothing here is an
accuracy. What is checked: every record is accounted for; the records per district equal
the table that the extract publishes; how far the ranking by the years to 1969 agrees
with the one by the later years, beside an order that knows only people; and what
kernels, doubtful months and weights change.
"""

from __future__ import annotations

import argparse
import csv
import resource
import sys
import time
from importlib.resources import files
from pathlib import Path

import numpy as np
from scipy.stats import kendalltau, spearmanr

from safelane.engines.surveyprior import (
    LevelResult,
    PriorConfig,
    PriorInputs,
    PriorResult,
    load_config,
    run_prior,
)
from safelane.engines.surveyprior.pilots import azerbaijan, laos
from safelane.engines.surveyprior.records.thor import TargetMonths
from safelane.engines.surveyprior.sources import RecordSource

TENTH = 0.1


def settings(country: str, draws: int) -> PriorConfig:
    pack = files("safelane.countries") / country / "survey_prior.yaml"
    return load_config(Path(str(pack))).changed(draws=draws)


def timed_laos(data: Path, draws: int) -> tuple[PriorResult, float, float]:
    config = settings("laos", draws)
    started = time.perf_counter()
    inputs = laos.laos_inputs(data, config)
    read = time.perf_counter() - started
    result = run_prior(inputs, config)
    return result, read, time.perf_counter() - started - read


def timed_azerbaijan(data: Path, draws: int) -> tuple[PriorResult, float, float]:
    config = settings("azerbaijan", draws)
    pack = files("safelane.countries") / "azerbaijan" / "economic_regions.yaml"
    started = time.perf_counter()
    regions = azerbaijan.read_regions(Path(str(pack)))
    inputs = azerbaijan.azerbaijan_inputs(data, regions)
    read = time.perf_counter() - started
    result = run_prior(inputs, config)
    return result, read, time.perf_counter() - started - read


def memory_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def print_costs(runs: dict[str, tuple[PriorResult, float, float]]) -> None:
    print("| country | districts | communities | units | read s | rank s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, (result, read, seconds) in runs.items():
        counts = result.standing()
        numbers = f"{counts['district']} | {counts['community']} | {counts['unit']:,}"
        print(f"| {name} | {numbers} | {read:.1f} | {seconds:.1f} |")
    print(f"\nPeak memory of this process: {memory_mb():.0f} MB\n")


def print_account(result: PriorResult) -> None:
    account = result.account
    assert account is not None
    parts = sum((t.records for t in account.set_aside.values()), account.used.records)
    print(f"Records read {account.read.records:,}, parts add up to {parts:,}.")
    print(f"Used: {account.used.records:,} in {account.used.target_months:,} months.\n")


def agreement_with_table(result: PriorResult, data: Path) -> tuple[int, int]:
    """Return how many districts we count as published, and of how many."""
    path = data / laos.RECORDS / "thor_laos_by_district.csv"
    with path.open(encoding="utf-8") as stream:
        published = {
            row["shapeID"]: int(row["missions"]) for row in csv.DictReader(stream)
        }
    level = result.levels["district"]
    ours = {
        unit.code: int(count)
        for unit, count in zip(level.units, level.facts["records"], strict=True)
    }
    alike = sum(ours[code] == count for code, count in published.items())
    return alike, len(published)


def half(inputs: PriorInputs, keep: np.ndarray) -> PriorInputs:
    """Return the same inputs with some of the target-months only."""
    source = inputs.source
    assert isinstance(source, RecordSource)
    points: TargetMonths = source.points.select(keep)
    chosen = RecordSource(points, source.district[keep], source.account)
    return PriorInputs(
        inputs.country, inputs.areas, inputs.places, chosen, rivers=inputs.rivers
    )


def print_halves(result: PriorResult, data: Path) -> None:
    """Rank by one half of the years and see how the other half agrees."""
    config = result.config.changed(draws=20)
    inputs = laos.laos_inputs(data, config)
    source = inputs.source
    assert isinstance(source, RecordSource)
    early = source.points.year <= config.split_year
    first = run_prior(half(inputs, early), config)
    second = run_prior(half(inputs, ~early), config)
    print(f"Years to {config.split_year} against later years:\n")
    print("| level | order | Kendall | Spearman | first tenth shared |")
    print("| --- | --- | ---: | ---: | ---: |")
    for name in ("district", "unit"):
        one, other = first.levels[name], second.levels[name]
        print_pair(name, "score", one.ranking.score, other.ranking.score)
        pair = one.layers["intensity"], other.layers["intensity"]
        print_pair(name, "records alone", *pair)
        people = one.facts["people"]
        print_pair(name, "people only (knows no records)", people, pair[1])
    print()


def print_pair(level: str, order: str, one: np.ndarray, other: np.ndarray) -> None:
    count = max(round(TENTH * len(one)), 1)
    shared = (
        len(set(np.argsort(-one)[:count]) & set(np.argsort(-other)[:count])) / count
    )
    tau, rho = kendalltau(one, other).statistic, spearmanr(one, other).statistic
    print(f"| {level} | {order} | {tau:.2f} | {rho:.2f} | {shared:.0%} |")


def print_density_check(result: PriorResult) -> None:
    level = result.levels["district"]
    density = level.facts["records"] / level.facts["area_km2"]
    names = [
        f"{level.units[i].name} {density[i]:.0f}" for i in np.argsort(-density)[:4]
    ]
    print(f"Densest districts, records per km2: {', '.join(names)}\n")


def print_sensitivity(name: str, level: LevelResult) -> None:
    print(f"What changes do to {name}:\n")
    print("| change | Kendall | first 10 kept | first tenth kept |")
    print("| --- | ---: | ---: | ---: |")
    for row in level.sensitivity:
        kept = f"{row.top_kept:.0%} | {row.top_tenth_kept:.0%}"
        print(f"| {row.change} | {row.kendall:.2f} | {kept} |")
    print()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--draws", type=int, default=1000)
    options = parser.parse_args()
    runs = {
        "Laos": timed_laos(options.data, options.draws),
        "Azerbaijan": timed_azerbaijan(options.data, options.draws),
    }
    print_costs(runs)
    result = runs["Laos"][0]
    print_account(result)
    alike, of = agreement_with_table(result, options.data)
    print(f"Districts with the records of the published table: {alike} of {of}.")
    print_density_check(result)
    print_halves(result, options.data)
    for name, (run, _read, _seconds) in runs.items():
        print_sensitivity(f"survey units, {name}", run.levels["unit"])
    return 0 if alike == of else 1


if __name__ == "__main__":
    raise SystemExit(main())
