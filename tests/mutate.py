"""Put one small fault into the code at a time: which does no test notice?

    python -m tests.mutate                   every fault
    python -m tests.mutate scope dates       those of these kinds, or whose file or
                                             name holds the word
    python -m tests.mutate --check           only look whether each fault still fits
    python -m tests.mutate --jobs 4          as many at once

Each fault stands in ``tests/faults.yaml``: a text of one file, what is put in its
place, and the tests of its room. It is killed when one of these fails. A fault whose
text no longer stands in its file, or stands there twice, is stale and counts as a
failure: a list that does not fit the code proves nothing. Not part of a full run: it
takes about half an hour. Exit code 1: fewer than 95 % killed, or a fault is stale.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "faults.yaml"
COPIED = ("src", "tests", "docs", "conftest.py", "pyproject.toml", "benchmarks")
ENOUGH = 0.95
LONGEST = 900
SLOW = -1
OPTIONS = ("-x", "-q", "-n", "0", "--no-header", "-rfE", "--tb=no")
OPTIONS += ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "tests.migrated")
KINDS = ("scope", "precision", "dates", "filters", "rules", "history", "files", "other")
KILLED, SURVIVED, STALE, BROKEN = "killed", "SURVIVED", "STALE", "BROKEN"


@dataclass(frozen=True, slots=True)
class Fault:
    """One change of the code that makes it wrong.

    Args:
        name: What goes wrong, in a few words; unique.
        file: Path from the root of the checkout.
        find, put: The text that stands there once, and what replaces it.
        tests: Paths that pytest is given one after another, the likeliest to notice
            first: the rest of the room runs only where that does not.
        kind: One of ``KINDS``.
    """

    name: str
    kind: str
    file: str
    find: str
    put: str
    tests: tuple[str, ...]

    def fits(self, text: str) -> bool:
        return text.count(self.find) == 1 and self.find != self.put


def read_faults(path: Path = LIST) -> list[Fault]:
    """Return the faults of a list.

    Raises:
        ValueError: A kind is unknown or a name stands twice.
    """
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
    faults = [Fault(**row | {"tests": tuple(row["tests"])}) for row in rows]
    twice = [name for name, n in Counter(f.name for f in faults).items() if n > 1]
    strange = [fault.name for fault in faults if fault.kind not in KINDS]
    if twice or strange:
        raise ValueError(f"named twice: {twice}; of no known kind: {strange}")
    return faults


def chosen(faults: Iterable[Fault], words: Sequence[str]) -> list[Fault]:
    return [
        fault
        for fault in faults
        if not words
        or any(w == fault.kind or w in fault.name or w in fault.file for w in words)
    ]


def stale(faults: Iterable[Fault], root: Path = ROOT) -> list[Fault]:
    """Return the faults whose text does not stand in its file exactly once."""
    return [fault for fault in faults if not _fits(fault, root)]


def _fits(fault: Fault, root: Path) -> bool:
    path = root / fault.file
    return path.is_file() and fault.fits(path.read_text("utf-8"))


def try_fault(fault: Fault, root: Path) -> tuple[str, str]:
    """Put a fault into a copy of the checkout, run its tests, take it out again.

    Returns what became of it and the test that noticed.
    """
    if not _fits(fault, root):
        return STALE, ""
    path = root / fault.file
    sound = path.read_text("utf-8")
    path.write_text(sound.replace(fault.find, fault.put), "utf-8")
    try:
        return _run_in_turn(fault.tests, root)
    finally:
        path.write_text(sound, "utf-8")


def _run_in_turn(tests: Sequence[str], root: Path) -> tuple[str, str]:
    for path in tests:
        code, failed = run_tests([path], root)
        if code:
            return (KILLED if code == 1 else BROKEN), failed
    return SURVIVED, ""


def run_tests(tests: Sequence[str], root: Path) -> tuple[int, str]:
    """Return pytest's exit code and the test that failed first.

    The code is 0 when all passed and 1 when one failed; with others nothing ran, or
    (``SLOW``) the tests did not end in time.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *OPTIONS, *tests],
            cwd=root,
            env=os.environ
            | {
                "PYTHONPATH": f"{root / 'src'}{os.pathsep}{ROOT}",
                "MIGRATED_DATABASE": str(root / "migrated.sqlite3"),
            },
            capture_output=True,
            text=True,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired:
        return SLOW, ""
    failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", done.stdout, re.M)
    return done.returncode, failed[1] if failed else ""


def copy_checkout(folder: Path) -> Path:
    """Copy what tests need into ``folder``, so that the checkout stays as it is."""
    folder.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy2(source, folder / name)
    return folder


def try_all(faults: Sequence[Fault], jobs: int) -> dict[str, str]:
    """Return what became of each fault, several copies at work side by side."""
    results: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="safelane-faults-") as name:
        free: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            free.put(copy_checkout(Path(name) / str(number)))
        noticed: dict[str, str] = {}

        def work(fault: Fault) -> None:
            root, begun = free.get(), time.monotonic()
            try:
                became, test = try_fault(fault, root)
            finally:
                free.put(root)
            results[fault.name], noticed[fault.name] = became, test
            took = f"{time.monotonic() - begun:4.0f} s"
            print(f"{became:<9}{took}  {fault.kind:<10}{fault.name}", test, flush=True)

        with ThreadPoolExecutor(max_workers=jobs) as pool:
            list(pool.map(work, faults))
        return results | fail_anyway(noticed, results, free.get())


def fail_anyway(
    noticed: dict[str, str], results: dict[str, str], root: Path
) -> dict[str, str]:
    """Return as broken the kills whose test fails in the sound code as well.

    Such a test notices nothing. Those that noticed run once more, all together.
    """
    killers = {name: noticed[name] for name, r in results.items() if r == KILLED}
    tests = sorted(set(killers.values()))
    while tests:
        code, failed = run_tests(tests, root)
        if not code:
            break
        tests = [test for test in tests if failed and test != failed]
    return {name: BROKEN for name, test in killers.items() if test not in tests}


def summarise(faults: Sequence[Fault], results: dict[str, str]) -> int:
    """Print shares per kind and the names of survivors; return the exit code."""
    print()
    for kind in KINDS:
        of_kind = [results[f.name] for f in faults if f.kind == kind]
        if of_kind:
            print(f"{kind:<10} {of_kind.count(KILLED):>3} of {len(of_kind):>3} killed")
    wrong = [f.name for f in faults if results[f.name] in (STALE, BROKEN)]
    alive = [f.name for f in faults if results[f.name] == SURVIVED]
    for title, names in (("survived", alive), ("no longer fit", wrong)):
        print(f"{title}: {', '.join(names) or 'none'}")
    share = 1 - len(alive) / max(len(faults), 1)
    print(f"{len(faults)} faults, {share:.0%} killed")
    return 1 if wrong or share < ENOUGH or not faults else 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Put faults in; see what is noticed.")
    parser.add_argument("words", nargs="*", help="kinds, or parts of files")
    parser.add_argument("--check", action="store_true", help="only look what fits")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args(arguments)
    faults = chosen(read_faults(), given.words)
    if given.check:
        gone = stale(faults)
        print(f"{len(faults)} faults; no longer fit: {[f.name for f in gone]}")
        return 1 if gone else 0
    return summarise(faults, try_all(faults, given.jobs))


if __name__ == "__main__":
    sys.exit(main())
