"""A sample of the broken corpus; all 500 per format run in benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from safelane.exchange.files import formats
from safelane.exchange.files.source import ReaderProcess
from safelane.exchange.tests.corpus import broken_files
from safelane.exchange.tests.corpus.judge import judge
from safelane.exchange.tests.corpus.sound import ROWS, sound_file

SAMPLE = 40


@pytest.fixture(scope="module")
def process() -> Iterator[ReaderProcess]:
    child = ReaderProcess()
    yield child
    child.stop()


@pytest.mark.parametrize("format_name", formats.FORMATS)
def test_a_sound_file_has_no_faults(
    format_name: str, tmp_path: Path, process: ReaderProcess
) -> None:
    verdict = judge(sound_file(tmp_path, format_name), process)
    assert (verdict.code, verdict.faulty) == ("", set())
    assert len(verdict.rows) == ROWS


@pytest.mark.parametrize("format_name", formats.FORMATS)
def test_every_broken_file_gives_a_clear_answer(
    format_name: str, tmp_path: Path, process: ReaderProcess
) -> None:
    sound = judge(sound_file(tmp_path, format_name), process).rows
    for i, broken in enumerate(broken_files(format_name, SAMPLE)):
        path = tmp_path / f"{i}" / broken.name
        path.parent.mkdir()
        path.write_bytes(broken.data)
        verdict = judge(path, process)
        assert verdict.code or verdict.rows, broken.recipe
        if broken.recipe == "truncate":
            partial = {
                n for n, row in verdict.rows.items() if row != sound[n]
            } - verdict.faulty
            assert not partial, f"{i}: rows {partial} came in cut off"
