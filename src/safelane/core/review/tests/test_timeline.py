"""What was true when: the cases of the field, and properties that always hold."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from safelane.core.review.timeline import TimelineReport, fold, state_as_of

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
GROUPS = {"geometry": ("geometry_text", "area_m2"), "status": ("status_reason",)}


def report(number, day, stated=None, *, approved=None, retracts=(), withdrawn=None):
    """Return a report on a day of 2025, approved on a day of 2026."""
    moment = EPOCH + timedelta(days=number if approved is None else approved)
    return TimelineReport(
        id=number,
        date_of_information=date(2025, 1, 1) + timedelta(days=day),
        approved_at=moment,
        stated=stated or {},
        retracts=frozenset(retracts),
        withdrawn_at=None if withdrawn is None else EPOCH + timedelta(days=withdrawn),
    )


def day(number):
    return date(2025, 1, 1) + timedelta(days=number)


def moment(number):
    return EPOCH + timedelta(days=number)


def test_newest_date_of_information_wins_per_fact():
    periods = fold(
        [
            report(1, 10, {"kind": "sha", "terrain": "hills"}),
            report(2, 20, {"kind": "cha"}),
        ]
    )
    assert [(p.valid_from, p.valid_to) for p in periods] == [
        (day(10), day(20)),
        (day(20), None),
    ]
    assert periods[1].values == {"kind": "cha", "terrain": "hills"}
    assert periods[1].sources == {"kind": 2, "terrain": 1}


def test_older_report_entered_later_does_not_overwrite():
    periods = fold([report(1, 20, {"kind": "cha"}), report(2, 10, {"kind": "sha"})])
    assert periods[-1].values == {"kind": "cha"}
    assert periods[0].values == {"kind": "sha"}


def test_each_key_of_a_fact_of_several_keys_is_a_fact_of_its_own():
    first = report(1, 10, {"extra": {"id": "g-1", "team": "4"}})
    second = report(2, 20, {"extra": {"team": "7", "depth": "2"}})
    periods = fold([first, second])
    assert periods[1].values == {"extra": {"id": "g-1", "team": "7", "depth": "2"}}
    assert periods[1].sources == {"extra": 2}
    older = report(3, 5, {"extra": {"team": "1", "dog": "Rex"}})
    (_oldest, *_between, last) = fold([first, second, older])
    assert last.values["extra"] == {
        "id": "g-1",
        "team": "7",
        "depth": "2",
        "dog": "Rex",
    }


def test_keys_of_one_day_are_settled_by_the_first_approved_that_names_them():
    first = report(1, 10, {"extra": {"team": "4"}})
    second = report(2, 10, {"extra": {"team": "7", "dog": "Rex"}})
    (period,) = fold([second, first])
    assert period.values == {"extra": {"team": "4", "dog": "Rex"}}
    assert period.sources == {"extra": 1}
    gone = report(3, 20, retracts=["extra"])
    assert (
        "extra"
        not in fold([first, gone, report(4, 20, {"extra": {"x": "1"}})])[-1].values
    )
    (_before, last) = fold(
        [first, report(3, 20, {"extra": {"x": "1"}}), replace(gone, id=4)]
    )
    assert last.values == {"extra": {"team": "4", "x": "1"}}


def test_older_report_entered_later_fills_in_what_nobody_stated():
    late = report(2, 10, {"kind": "sha", "slope": "steep"})
    periods = fold([report(1, 20, {"kind": "cha"}), late])
    assert periods[-1].values == {"kind": "cha", "slope": "steep"}


def test_same_date_does_not_change_what_was_approved_first():
    first = report(1, 10, {"kind": "sha", "name": "A"})
    second = report(2, 10, {"kind": "cha", "priority": "high"})
    for order in ([first, second], [second, first]):
        (period,) = fold(order)
        assert period.values == {"kind": "sha", "name": "A", "priority": "high"}


def test_of_one_day_the_place_approved_first_holds():
    first, second = (replace(report(n, 10, {"kind": "sha"}), place=n) for n in (1, 2))
    assert [period.place for period in fold([second, first])] == [1]


def test_report_that_confirms_a_value_starts_a_period():
    periods = fold([report(1, 10, {"kind": "sha"}), report(2, 20, {"kind": "sha"})])
    assert [p.sources["kind"] for p in periods] == [1, 2]


def test_retracted_fact_is_unknown_from_then_on():
    periods = fold(
        [report(1, 10, {"depth_cm": 20}), report(2, 20, retracts=["depth_cm"])]
    )
    assert [p.values for p in periods] == [{"depth_cm": 20}, {}]


def test_polygon_never_wears_another_reports_text():
    first = report(1, 10, {"geometry": "P1", "geometry_text": "T1", "area_m2": 5})
    second = report(2, 20, {"geometry": "P2", "area_m2": 7})
    stray = report(3, 30, {"geometry_text": "T3"})
    periods = fold([first, second, stray], GROUPS)
    assert periods[-1].values == {"geometry": "P2", "area_m2": 7}


def test_report_with_finds_alone_still_registers_the_area():
    (period,) = fold([report(1, 10)])
    assert period.values == {} and period.valid_from == day(10)


def test_no_report_no_period():
    assert fold([]) == []
    assert fold([report(1, 10, {"kind": "sha"}, withdrawn=5)]) == []


def test_what_did_we_know_and_when():
    reports = [
        report(1, 10, {"kind": "sha"}, approved=1),
        report(2, 30, {"kind": "cha"}, approved=5),
        report(3, 20, {"name": "Ban Na"}, approved=9, withdrawn=12),
    ]

    def known(on, at):
        state = state_as_of(reports, day(on), moment(at))
        return state and state.values

    assert known(40, 1) == {"kind": "sha"}
    assert known(40, 5) == {"kind": "cha"}
    assert known(25, 9) == {"kind": "sha", "name": "Ban Na"}
    assert known(25, 12) == {"kind": "sha"}
    assert known(5, 12) is None
    assert known(40, 0) is None


FACTS = st.dictionaries(
    st.sampled_from(["kind", "status", "geometry", "geometry_text", "name"]),
    st.integers(0, 5),
    max_size=4,
)
CLAIMS = st.lists(
    st.tuples(
        st.integers(0, 6), FACTS, st.sets(st.sampled_from(["kind", "name"]), max_size=1)
    ),
    max_size=8,
)


def built(claims, order=None):
    moments = range(len(claims)) if order is None else order
    return [
        report(n, d, facts, approved=m, retracts=gone - facts.keys())
        for (n, (d, facts, gone)), m in zip(enumerate(claims), moments, strict=True)
    ]


@given(CLAIMS, st.randoms())
def test_order_in_the_list_never_matters(claims, rng):
    reports = built(claims)
    shuffled = rng.sample(reports, len(reports))
    assert fold(shuffled, GROUPS) == fold(reports, GROUPS)


@given(CLAIMS, st.randoms())
def test_order_of_approval_matters_on_the_same_day_only(claims, rng):
    one_per_day = list({d: (d, facts, gone) for d, facts, gone in claims}.values())
    order = list(range(len(one_per_day)))
    rng.shuffle(order)
    assert fold(built(one_per_day, order), GROUPS) == fold(built(one_per_day), GROUPS)


@given(CLAIMS)
def test_periods_follow_each_other_without_gap_or_overlap(claims):
    periods = fold(built(claims), GROUPS)
    for one, other in zip(periods, periods[1:], strict=False):
        assert one.valid_to == other.valid_from > one.valid_from
    if periods:
        assert periods[-1].valid_to is None
        assert periods[0].valid_from == min(day(d) for d, _facts, _gone in claims)


@given(CLAIMS, CLAIMS, st.integers(0, 7))
def test_later_approvals_never_change_what_was_known(earlier, later, on):
    known = built(earlier)
    moments = [len(earlier) + n for n in range(len(later))]
    more = [
        report(100 + n, d, facts, approved=m, retracts=gone - facts.keys())
        for (n, (d, facts, gone)), m in zip(enumerate(later), moments, strict=True)
    ]
    at = moment(len(earlier) - 1)
    before = state_as_of(known, day(on), at, GROUPS)
    assert state_as_of(known + more, day(on), at, GROUPS) == before


@given(CLAIMS)
def test_each_value_is_stated_by_its_source(claims):
    reports = {r.id: r for r in built(claims)}
    for period in fold(list(reports.values()), GROUPS):
        assert period.values.keys() == period.sources.keys()
        for fact, value in period.values.items():
            source = reports[period.sources[fact]]
            assert source.stated[fact] == value
            assert source.date_of_information <= period.valid_from
