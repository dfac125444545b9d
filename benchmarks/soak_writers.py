"""Many writers at once: no write lost, none refused because the database is locked.

    python benchmarks/soak_writers.py                        SQLite
    python benchmarks/soak_writers.py --database postgres://…  an empty PostGIS
    python benchmarks/soak_writers.py --seconds 20 --writers 6

Every writer takes reports all the way through the review, by the same actions that
pages call, in processes that serve ten writers each as threads, like ``safelane
serve``. What an action returned must be in the database afterwards, in that very state,
and the audit chains must hold. There is no peer in this run: nobody else's register
promises this.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import date
from typing import Any

THREADS = 10
STEPS = ("create", "submit", "check_operator", "check_operations", "approve")
SIDE = 0.001


@dataclass
class Tally:
    """What one process did: acknowledged states, seconds per write, and faults."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def set_up() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "safelane.config.settings"
    import django

    django.setup()


def write_until(end: float, people: dict[str, Any], home: Any, tally: Tally) -> None:
    """Take one report after another through the review."""
    from django.db import connection

    try:
        while time.monotonic() < end:
            one_report(end, people, home, tally)
    except Exception as error:  # noqa: BLE001 - every fault is a result here
        tally.faults.append(f"{type(error).__name__}: {error}")
    finally:
        connection.close()


def one_report(end: float, people: dict[str, Any], home: Any, tally: Tally) -> None:
    from safelane.hazards import testing as actions

    report: Any = None
    for step, name in zip(STEPS, people, strict=True):
        started = time.perf_counter()
        if step == "create":
            facts = claim()
            report = actions.create_report(facts, organisation=home, by=people[name])
        else:
            act = getattr(actions, REVIEW[step])
            report = act(report, by=people[name])
        tally.seconds.append(time.perf_counter() - started)
        tally.acknowledged[str(report.uid)] = report.stage
        if time.monotonic() > end:
            return


REVIEW = {
    "submit": "submit_report",
    "check_operator": "check_report_operator",
    "check_operations": "check_report_operations",
    "approve": "approve_report",
}


def claim() -> Any:
    """Return a new suspected area somewhere in the first commune."""
    import shapely

    from safelane.hazards.inputs import ReportInput
    from safelane.organisations.testing import CORNERS

    west, south = CORNERS["laos"]
    x, y = west + random.uniform(0.01, 0.19), south + random.uniform(0.01, 0.19)
    facts = {
        "kind": "sha",
        "status": "open",
        "geometry": shapely.box(x, y, x + SIDE, y + SIDE),
    }
    reference = f"S-{random.getrandbits(64):016x}"
    return ReportInput(
        date_of_information=date(2026, 1, 2), reference=reference, facts=facts
    )


def process(seconds: float, threads: int) -> None:
    """Run as one process: start threads, then print the tally as JSON."""
    set_up()
    from safelane.organisations.testing import read_cast

    cast = read_cast()
    names = ("bounmy", "bounmy2", "keo", "vanh", "noy")
    people = {name: cast.actor(name.rstrip("2")) for name in names}
    home, end = cast.organisations["lao"], time.monotonic() + seconds
    tallies = [Tally() for _ in range(threads)]
    workers = [
        threading.Thread(target=write_until, args=(end, people, home, tally))
        for tally in tallies
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(json.dumps([vars(tally) for tally in tallies]))


def prepare() -> None:
    from safelane.cli.bootstrap import ensure_workspace
    from safelane.cli.console import steps

    with steps() as progress:
        ensure_workspace(progress)
    from safelane.organisations.testing import register_cast

    register_cast()


def run(writers: int, seconds: float) -> list[dict[str, Any]]:
    """Run all processes and return the tally of each writer."""
    shares = [THREADS] * (writers // THREADS) + [writers % THREADS or 0]
    command = [sys.executable, __file__, "--seconds", str(seconds), "--process"]
    started = [
        subprocess.Popen([*command, str(share)], stdout=subprocess.PIPE)
        for share in shares
        if share
    ]
    tallies: list[dict[str, Any]] = []
    for one in started:
        out, _err = one.communicate()
        tallies += json.loads(out)
    return tallies


def lost(tallies: list[dict[str, Any]]) -> list[str]:
    """Return acknowledged writes that the database does not show."""
    from safelane.hazards.models import HazardReport

    stored = {
        str(uid): state
        for uid, state in HazardReport.objects.values_list("uid", "stage")
    }
    return [
        f"{uid}: {state}, stored {stored.get(uid)}"
        for tally in tallies
        for uid, state in tally["acknowledged"].items()
        if stored.get(uid) != state
    ]


def report(tallies: list[dict[str, Any]], seconds: float) -> int:
    from django.db import connection

    from safelane.core.history.chain import verify

    times = sorted(s for tally in tallies for s in tally["seconds"])
    faults = [fault for tally in tallies for fault in tally["faults"]]
    missing, verdict = lost(tallies), verify()
    cuts = statistics.quantiles(times, n=100)
    rows = {
        "database": connection.vendor,
        "writers": len(tallies),
        "writes": len(times),
        "writes per second": round(len(times) / seconds, 1),
        "p50 / p95 / p99 / slowest, s": " / ".join(
            f"{value:.3f}" for value in (cuts[49], cuts[94], cuts[98], times[-1])
        ),
        "faults (locked or other)": len(faults),
        "acknowledged but lost": len(missing),
        "changes in the audit chains": verdict.changes,
        "chains hold": verdict.holds,
    }
    for name, value in rows.items():
        print(f"{name:30} {value}")
    for problem in (faults + missing)[:10]:
        print("  ", problem)
    return int(bool(faults or missing or not verdict.holds))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="")
    parser.add_argument("--writers", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--process", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.process:
        process(given.seconds, given.process)
        return 0
    with tempfile.TemporaryDirectory(prefix="safelane-soak-") as folder:
        os.environ |= {"SAFELANE_DATA_DIR": folder, "SAFELANE_LOG_LEVEL": "ERROR"}
        os.environ["SAFELANE_DATABASE_URL"] = given.database
        prepare()
        return report(run(given.writers, given.seconds), given.seconds)


if __name__ == "__main__":
    sys.exit(main())
