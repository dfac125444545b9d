"""Tables of two features: their order, their words, and how they are kept."""

from dataclasses import asdict

from safelane.core.counts.tables import Counted, Feature, in_words
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
