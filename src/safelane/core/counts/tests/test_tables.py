"""Tables of two features: their order, their words, and how they are kept."""

from dataclasses import asdict

import numpy as np

from safelane.core.counts.suppression import hidden_cells, with_totals
from safelane.core.counts.tables import Counted, Feature, agreed, in_words
from safelane.countries import load_pack

SEX = Feature("sex", "Sex", "sex", "sex")
PLACE = Feature("place", "Place", "place", words=lambda keys: {"7": "Seven"})


def test_keys_stand_in_the_order_of_their_list_and_unknown_ones_last():
    pack = load_pack("laos")
    codes = [code.code for code in pack.codes("sex")]
    assert SEX.ordered([*reversed(codes), "zz"], pack) == (*codes, "zz")
    assert PLACE.ordered(["b", "", "a"], pack) == ("", "a", "b")


def test_what_has_no_name_is_not_stated():
    pack = load_pack("laos")
    assert PLACE.labels(["7", "8", ""], pack) == ("Seven", "not stated", "not stated")
    assert SEX.labels([""], pack) == ("not stated",)


def test_a_table_is_kept_as_it_was_and_told_in_words():
    found = Counted(("7",), ("male",), ((None, 9), (9, 9)), 5)
    assert Counted.from_json(asdict(found)) == found
    table = in_words(found, PLACE, SEX, load_pack("laos"))
    assert None in sum(table.cells, ()) and table.minimum == 5
    assert [label for label, _cells in table.lines] == ["Seven", "Total"]


def told(rows, lines):
    """Return people by something and by outcome, as one table alone is told."""
    table = with_totals(np.array(lines))
    hidden = hidden_cells(table, 5)
    cells = tuple(
        tuple(None if h else int(n) for n, h in zip(line, mask, strict=True))
        for line, mask in zip(table, hidden, strict=True)
    )
    return Counted(tuple(rows), ("killed", "injured"), cells, 5, lines)


def test_no_table_shows_the_total_that_another_one_of_the_same_people_hides():
    """Else "5 killed" of one year would tell how many of 9 of a kind were killed."""
    by_year = told("12", ((5, 5), (0, 5)))
    by_kind = told("abc", ((5, 4), (0, 4), (0, 2)))
    assert by_year.cells[-1] == (5, 10, 15)
    assert by_kind.cells[-1] == (None, None, 15)
    tables = {("year", "outcome"): by_year, ("kind", "outcome"): by_kind}
    found = agreed(tables)
    year, kind = found.values()
    assert kind == by_kind
    assert year.cells[-1] == (None, None, 15)
    for column in range(2):  # nor can it be added up
        assert None in [line[column] for line in year.cells[:-1]]
    assert year.counts == by_year.counts
    assert agreed(found) == found


def test_tables_that_hide_nothing_stay_as_they_are():
    tables = {("year", "outcome"): told("12", ((5, 5), (0, 5)))}
    tables["year", "sex"] = told("12", ((9, 9), (9, 9)))
    assert agreed(tables) == tables
    nobody = {("year", "outcome"): Counted((), (), ((0,),), 5)}
    assert agreed(nobody) == nobody
