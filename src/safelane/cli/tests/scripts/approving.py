"""Take reports through the whole review, one after another, until killed."""

import sys
from datetime import date

import shapely

from safelane.cli.workspace import set_up

set_up()

from safelane.hazards import testing as actions  # noqa: E402
from safelane.hazards.inputs import ReportInput  # noqa: E402
from safelane.organisations.testing import read_cast  # noqa: E402

SIDE = 0.0005
cast = read_cast()
people = {name: cast.actor(name) for name in ("bounmy", "keo", "vanh", "noy")}
home = cast.organisations["lao"]


def one(number: int) -> None:
    x, y = 103.01 + number % 150 / 1000, 19.31 + number // 150 / 1000
    shape = shapely.box(x, y, x + SIDE, y + SIDE)
    claim = ReportInput(
        date_of_information=date(2026, 1, 2),
        reference=f"{sys.argv[1]}-{number}",
        facts={"kind": "sha", "status": "open", "geometry": shape},
    )
    row = actions.create_report(claim, organisation=home, by=people["bounmy"])
    row = actions.submit_report(row, by=people["bounmy"])
    row = actions.check_report_operator(row, by=people["keo"])
    row = actions.check_report_operations(row, by=people["vanh"])
    actions.approve_report(row, by=people["noy"])


one(0)
print("ready", flush=True)
for count in range(1, 10_000):
    one(count)
