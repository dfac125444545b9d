"""Kill -9 a worker in the middle of an import: nothing half-saved, and it goes on."""

import signal
import sys

import pytest

from safelane.cli.tests.test_reliability import query

ROWS, BATCH = 6000, 600
TABLES = {
    "areas": "SELECT count(*) FROM hazards_hazardousarea",
    "reports": "SELECT count(*) FROM hazards_hazardreport WHERE stage = 'approved'",
    "periods": "SELECT count(*) FROM hazards_hazardperiod WHERE known_to IS NULL",
    "history": (
        "SELECT count(*) FROM history_change WHERE verb = 'hazard_report.register'"
    ),
    "tree": "SELECT count(*) FROM hazards_hazardousarea_geometry_rtree",
}
TRIGGERS = (
    "SELECT count(*) FROM sqlite_master"
    " WHERE type = 'trigger' AND name LIKE 'hazards_hazardousarea_geometry_rtree%'"
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX"),
]


def kill_when(process, word, times):
    """Kill a worker when it has said a word so many times."""
    for line in process.stdout:
        times -= line.strip() == word
        if not times:
            break
    process.send_signal(signal.SIGKILL)
    _out, err = process.communicate()
    assert process.returncode == -signal.SIGKILL, err


def whole(workspace):
    """Return how many rows came in, after checking that none is half-saved."""
    counts = {name: query(workspace, sql)[0][0] for name, sql in TABLES.items()}
    assert len(set(counts.values())) == 1, counts
    assert query(workspace, "PRAGMA integrity_check") == [("ok",)]
    assert query(workspace, TRIGGERS) == [(3,)]
    return counts["areas"]


@pytest.mark.parametrize("mode", ["skip", "all"])
def test_a_killed_import_loses_nothing_and_halves_nothing(staffed, mode):
    begun = staffed.run("begin", mode, str(ROWS), script="importing")
    assert begun.returncode == 0, begun.stderr

    # The fourth batch is read when the first is written and the second is about to be.
    kill_when(staffed.start("work", script="importing"), "reading", 4)
    first = whole(staffed)
    kill_when(staffed.start("work", script="importing"), "writing", 4)
    second = whole(staffed)
    if mode == "all":
        assert (first, second) == (0, 0)
    else:
        assert 0 < first < second == first + 3 * BATCH < ROWS
        after = query(staffed, "SELECT after_row FROM exchange_importrun")
        assert after == [(second,)]

    done = staffed.run("work", script="importing")
    assert done.returncode == 0, done.stderr
    written = done.stdout.split().count("writing") * BATCH
    assert whole(staffed) == ROWS == second + written
    jobs = query(staffed, "SELECT status, attempt, kills FROM jobs_jobrun")
    assert jobs == [("succeeded", 3, 2)]
    assert query(staffed, "SELECT stage FROM exchange_importrun") == [("done",)]
    assert staffed.heads()
