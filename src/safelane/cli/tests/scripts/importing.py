"""Bring a register in, in small batches, saying when it reads and when it writes.

``begin MODE ROWS`` makes the cast, a file and the waiting job; ``work`` is a worker
that runs what waits or was interrupted.
"""

import io
import json
import sys

import shapely

from safelane.cli.workspace import set_up

set_up()

from safelane.core.jobs.worker import (  # noqa: E402
    recover_interrupted,
    run_waiting_jobs,
)
from safelane.core.review import newrecords  # noqa: E402
from safelane.exchange.actions import (  # noqa: E402
    begin_import,
    choose_mapping,
    start_import,
)
from safelane.exchange.imports import runner  # noqa: E402
from safelane.exchange.mapping.model import Mapping  # noqa: E402
from safelane.organisations.testing import read_cast  # noqa: E402

BATCH = 600  # enough for trees to be filled after the rows
SIDE = 0.0005


def feature(number: int) -> dict:
    x, y = 103.01 + number % 150 / 1000, 19.31 + number // 150 / 1000
    stated = {
        "hazard_id": f"K-{number}",
        "type": "Suspected hazardous area",
        "status": "Active",
        "date": "2023-05-01",
    }
    shape = shapely.box(x, y, x + SIDE, y + SIDE).__geo_interface__
    return {"type": "Feature", "geometry": shape, "properties": stated}


def begin(mode: str, rows: int) -> None:
    cast = read_cast()
    by = cast.actor("noy")
    features = [feature(number) for number in range(rows)]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    run = begin_import(
        io.BytesIO(text.encode()),
        "register.geojson",
        target="hazards",
        organisation=cast.organisations["laa"],
        by=by,
    )
    mapping = Mapping.from_json(run.mapping)
    choose_mapping(run, mapping, mode=mode, reason="Register of 2023", by=by)
    start_import(run, by=by)


def saying(word: str, function):
    """Say a word just before a function of the importer does its work."""

    def said(*args, **options):
        sys.stdout.write(f"{word}\n")  # at once: two threads speak here
        sys.stdout.flush()
        return function(*args, **options)

    return said


if sys.argv[1] == "begin":
    begin(sys.argv[2], int(sys.argv[3]))
else:
    runner.BATCH_ROWS = BATCH
    runner.apply_mapping = saying("reading", runner.apply_mapping)
    # Areas, reports and periods of a batch are on their way by then.
    newrecords.record_series = saying("writing", newrecords.record_series)
    recover_interrupted()
    run_waiting_jobs()
