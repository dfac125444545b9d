"""Read 500 broken files per format and print what came of them.

Usage: python benchmarks/fuzz_importers.py [--files 500] [--seed 1]

Exit code 1 when any file led to anything but rows or a clear SafelaneError: another
exception, a hang, a row that is cut off, or an answer without words.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from django.conf import settings

from safelane.exchange.files import formats
from safelane.exchange.files.source import ReaderProcess
from safelane.exchange.tests.corpus import Broken, broken_files
from safelane.exchange.tests.corpus.judge import judge
from safelane.exchange.tests.corpus.sound import sound_file


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--files", type=int, default=500)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    settings.configure(USE_I18N=False)
    print(
        "| format | files | clear error | rows with report | rows clean | slowest s |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    failures = []
    for name in formats.FORMATS:
        failures += run_format(name, options.files, options.seed)
    for line in failures:
        print(line, file=sys.stderr)
    return 1 if failures else 0


def run_format(name: str, files: int, seed: int) -> list[str]:
    process = ReaderProcess()
    counts: Counter[str] = Counter()
    failures: list[str] = []
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        sound = judge(sound_file(Path(folder), name), process).rows
        for i, broken in enumerate(broken_files(name, files, seed)):
            try:
                outcome, seconds = run_file(Path(folder), i, broken, process, sound)
                counts[outcome] += 1
                slowest = max(slowest, seconds)
            except Exception as error:  # what must never happen is what is counted
                failures.append(f"{name} {i} {broken.recipe}: {error!r}")
    process.stop()
    print(
        f"| {name} | {files} | {counts['error']} | {counts['report']} "
        f"| {counts['clean']} | {slowest:.1f} |",
        flush=True,
    )
    return failures


def run_file(
    folder: Path, i: int, broken: Broken, process: ReaderProcess, sound: dict
) -> tuple[str, float]:
    path = folder / str(i) / broken.name
    path.parent.mkdir()
    path.write_bytes(broken.data)
    verdict = judge(path, process)
    assert verdict.code or verdict.rows, "neither rows nor a fault"
    if broken.recipe == "truncate":
        changed = {n for n, row in verdict.rows.items() if row != sound.get(n)}
        assert not changed - verdict.faulty, f"cut rows {changed - verdict.faulty}"
    path.unlink()
    if verdict.code:
        return "error", verdict.seconds
    return ("report" if verdict.faulty else "clean"), verdict.seconds


if __name__ == "__main__":
    sys.exit(main())
