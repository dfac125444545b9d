"""Run everything that CI runs, step by step, and end with one line of counts.

    python tests/run.py                 every step but coverage
    python tests/run.py lint sqlite     only these
    python tests/run.py --list          what the steps are

PostGIS runs when SAFELANE_TEST_DATABASE_URL names a server on which the account may
create databases; the browser runs when a Chromium is found. What cannot run here is
said in the summary. With SAFELANE_TEST_REQUIRE=all, leaving a step out is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
TOOLS = Path(PYTHON).parent
DATABASE = "SAFELANE_TEST_DATABASE_URL"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")


@dataclass(frozen=True, slots=True)
class Step:
    """One check: a command, and for pytest the counts that it reports."""

    name: str
    about: str
    command: tuple[str, ...]
    counts_tests: bool = False
    needs: str = ""
    when_named: bool = False

    @property
    def uses_one_core(self) -> bool:
        """Say whether another such step may run beside it."""
        return not self.counts_tests


@dataclass(slots=True)
class Outcome:
    """What came of a step."""

    name: str
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    left_out: str = ""
    notes: list[str] = field(default_factory=list)


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(TOOLS / name), *arguments)


def pytest(*arguments: str, workers: str = "2") -> tuple[str, ...]:
    spread = ("-n", workers, "--dist", "worksteal") if workers != "0" else ()
    return (PYTHON, "-m", "pytest", "-q", "--no-header", *spread, *arguments)


STEPS = (
    Step("lint", "style", tool("ruff", "check", ".")),
    Step("format", "layout", tool("ruff", "format", "--check", "--quiet", ".")),
    Step("types", "mypy --strict", (PYTHON, "-m", "mypy", "--no-error-summary")),
    Step("contracts", "layers of the code", tool("lint-imports", "--no-logo")),
    Step(
        "migrations",
        "models and migrations agree",
        (PYTHON, "-m", "django", "makemigrations", "--check", "--dry-run"),
    ),
    Step("sqlite", "tests on SQLite", pytest("-m", "not browser"), True),
    Step(
        "postgis",
        "tests that use the database, on PostGIS",
        pytest("-m", "not browser", "--database-only"),
        True,
        needs="postgis",
    ),
    Step(
        "browser",
        "every page in Chromium",
        pytest("-m", "browser", workers="0"),
        True,
        needs="browser",
    ),
    Step(
        "coverage",
        "lines and branches that the tests on SQLite run",
        pytest("-m", "not browser", "--cov", "--cov-report=term"),
        True,
        when_named=True,
    ),
)


def missing(step: Step) -> str:
    """Say why a step cannot run here, or return an empty string."""
    if step.needs == "postgis" and not os.environ.get(DATABASE):
        return f"no PostGIS: set {DATABASE} to run it (CONTRIBUTING.md)"
    if step.needs == "browser" and not find_browser():
        return "no Chromium: install one, or name it in SAFELANE_BROWSER"
    return ""


def find_browser() -> str | None:
    named = os.environ.get("SAFELANE_BROWSER")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


def run_all(steps: list[Step], folder: Path) -> list[Outcome]:
    """Run the steps that use one core side by side, then the tests one by one."""
    small = [step for step in steps if step.uses_one_core]
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(lambda step: run(step, folder), small))
    tests = [step for step in steps if not step.uses_one_core]
    return outcomes + [run(step, folder) for step in tests]


def run(step: Step, folder: Path) -> Outcome:
    """Run one step; what tests print goes straight to the terminal."""
    outcome = Outcome(step.name, left_out=missing(step))
    if outcome.left_out:
        return outcome
    report = folder / f"{step.name}.xml"
    extra = (f"--junit-xml={report}",) if step.counts_tests else ()
    title = f"\n── {step.name}: {step.about}"
    if not step.uses_one_core:
        print(title, flush=True)
    started = time.monotonic()
    done = subprocess.run(
        [*step.command, *extra],
        cwd=ROOT,
        env=environment(step, folder),
        stdout=subprocess.PIPE if step.uses_one_core else None,
        stderr=subprocess.STDOUT if step.uses_one_core else None,
        text=True,
    )
    code = done.returncode
    if step.uses_one_core:
        print(title, done.stdout, sep="\n", end="", flush=True)
    outcome.seconds = time.monotonic() - started
    if step.counts_tests and report.is_file():
        read_counts(report, outcome)
    if code and not outcome.failed:
        outcome.failed = 1
        outcome.notes.append(f"exit code {code}")
    elif not step.counts_tests and not code:
        outcome.passed = 1
    return outcome


def environment(step: Step, folder: Path) -> Mapping[str, str]:
    """Return a clean environment: no setting of a workspace reaches a test."""
    kept = {"SAFELANE_REFERENCE_DATA", "SAFELANE_BROWSER", "SAFELANE_TEST_REQUIRE"}
    if step.needs == "postgis":
        kept.add(DATABASE)
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SAFELANE_") or name in kept
    }
    return env | {
        "DJANGO_SETTINGS_MODULE": "safelane.config.settings",
        "SAFELANE_DATA_DIR": str(folder / "workspace"),
    }


def read_counts(report: Path, outcome: Outcome) -> None:
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    for suite in suites:
        count = {
            name: int(suite.get(name, 0))
            for name in ("tests", "failures", "errors", "skipped")
        }
        bad = count["failures"] + count["errors"]
        outcome.failed += bad
        outcome.skipped += count["skipped"]
        outcome.passed += count["tests"] - bad - count["skipped"]


def summarise(outcomes: list[Outcome]) -> int:
    """Print the table and the closing line; return the exit code."""
    print("\n── summary")
    for item in outcomes:
        print(f"{item.name:<11}{describe(item)}")
    strict = os.environ.get("SAFELANE_TEST_REQUIRE") == "all"
    passed = sum(item.passed for item in outcomes)
    failed = sum(item.failed for item in outcomes)
    failed += sum(bool(item.left_out) for item in outcomes) if strict else 0
    skipped = sum(item.skipped for item in outcomes)
    print(f"{skipped} skipped; reasons: pytest -rs" if skipped else "none skipped")
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def describe(item: Outcome) -> str:
    if item.left_out:
        return f"SKIPPED: {item.left_out}"
    state = "failed" if item.failed else "ok"
    counts = f"{item.passed} passed, {item.failed} failed, {item.skipped} skipped"
    return "  ".join([f"{state:<7}{item.seconds:6.0f} s", counts, *item.notes])


def is_chosen(step: Step, names: Sequence[str]) -> bool:
    return step.name in names if names else not step.when_named


def main(arguments: list[str]) -> int:
    """Run the named steps, or all of them; 2 means a step name is unknown."""
    if "--list" in arguments:
        print("\n".join(f"{step.name:<11}{step.about}" for step in STEPS))
        return 0
    unknown = set(arguments) - {step.name for step in STEPS}
    if unknown:
        print(f"No such step: {', '.join(sorted(unknown))}. See --list.")
        return 2
    chosen = [step for step in STEPS if is_chosen(step, arguments)]
    with tempfile.TemporaryDirectory(prefix="safelane-run-") as name:
        return summarise(run_all(chosen, Path(name)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
