import pytest

from ..errors import AccountMismatch
from ..records.account import Account, Tally


def test_parts_that_add_up_make_an_account():
    account = Account(
        Tally(10, 4), Tally(7, 3), {"outside_districts": Tally(3, 1)}, {}, ()
    )
    assert account.repeats == 4
    assert account.complete
    assert account.as_dict()["set_aside"] == {
        "outside_districts": {"records": 3, "target_months": 1}
    }


@pytest.mark.parametrize("read", [Tally(11, 4), Tally(10, 5)])
def test_one_lost_record_is_an_error(read):
    with pytest.raises(AccountMismatch):
        Account(read, Tally(7, 3), {"outside_districts": Tally(3, 1)})


def test_a_file_that_holds_less_than_published_says_so():
    tally = Tally(5, 5)
    assert not Account(tally, tally, published=Tally(6, 6)).complete
