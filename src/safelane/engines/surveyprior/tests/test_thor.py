import gzip

import numpy as np
import pytest

from ..config import PriorConfig
from ..errors import PriorInputMissing
from ..records.account import Tally
from ..records.thor import account_for, dose, read_target_months

HEAD = "year,month,lat,lon,province,missions\n"
CONFIG = PriorConfig(
    doubled_months=("1966-04",),
    suspect_months=("1968-05",),
    gap_months=("1966-06",),
    double_counting_from=1971,
)


def write(folder, *rows):
    path = folder / "points.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.write(HEAD + "\n".join(rows) + "\n")
    return path


def test_every_row_is_accounted_for(tmp_path):
    path = write(
        tmp_path,
        "1966,4,19.5,103.2,X,8",
        "1966,5,19.5,103.2,X,3",
        "1966,5,19.5,103.2,X,2",
        "1966,13,19.5,103.2,X,4",
        "1966,7,nowhere,103.2,X,5",
        "1971,1,19.5,103.2,X,many",
        "1971,2,10.0,100.0,X,6",
    )
    points = read_target_months(path)
    inside = points.lat > 15
    account = account_for(points, inside, CONFIG)
    assert account.read == Tally(8 + 3 + 2 + 4 + 5 + 1 + 6, 7)
    assert account.used == Tally(11, 2)
    assert account.set_aside == {
        "unreadable": Tally(10, 3),
        "repeated_row": Tally(2, 1),
        "outside_districts": Tally(6, 1),
    }
    assert account.repeats == 9


def test_doubts_are_parts_of_what_is_used(tmp_path):
    path = write(
        tmp_path,
        "1966,4,19.5,103.2,X,8",
        "1968,5,19.5,103.2,X,5",
        "1971,2,19.5,103.2,X,6",
    )
    points = read_target_months(path)
    account = account_for(points, np.ones(3, dtype=bool), CONFIG)
    assert account.flags == {
        "doubled_months": Tally(8, 1),
        "suspect_months": Tally(5, 1),
        "double_counting": Tally(6, 1),
    }


def test_a_gap_is_stated_beside_what_is_usual(tmp_path):
    rows = [f"1966,{m},{19 + n / 10},103,X,1" for m in (4, 5, 7, 8) for n in range(m)]
    points = read_target_months(write(tmp_path, *rows, "1966,6,19.5,103,X,1"))
    gap = account_for(points, points.lat > 0, CONFIG).gaps[0]
    assert (gap.month, gap.found, gap.usual) == ("1966-06", 1, 6)


def test_a_target_month_counts_once_whatever_its_records(tmp_path):
    points = read_target_months(
        write(tmp_path, "1966,4,19.5,103.2,X,800", "1966,5,19.5,103.2,X,1")
    )
    assert dose(points, CONFIG).tolist() == [1, 1]


def test_the_other_dose_halves_records_loaded_twice(tmp_path):
    points = read_target_months(
        write(
            tmp_path,
            "1966,4,19.5,103.2,X,8",
            "1966,5,19.5,103.2,X,4",
            "1971,5,19.5,103.2,X,8",
        )
    )
    changed = CONFIG.changed(dose="log1p_records")
    assert dose(points, changed) == pytest.approx(np.log([5, 5, 5]))


@pytest.mark.parametrize("rows", [(), ("x,y,z,a,b,c",)])
def test_a_file_without_a_readable_row_is_refused(tmp_path, rows):
    with pytest.raises(PriorInputMissing):
        read_target_months(write(tmp_path, *rows))


def test_a_missing_file_names_the_option(tmp_path):
    with pytest.raises(PriorInputMissing, match="--data"):
        read_target_months(tmp_path / "none.csv")
