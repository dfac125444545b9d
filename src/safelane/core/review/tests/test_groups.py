"""What a report states either holds in the timeline or is refused."""

from hypothesis import given
from hypothesis import strategies as st

from safelane.core.review.tests.test_timeline import GROUPS, report
from safelane.core.review.timeline import fold
from safelane.core.review.writing import loose_facts

FACTS = ("kind", "status", "status_reason", "geometry", "geometry_text", "area_m2")


@given(st.sets(st.sampled_from(FACTS), min_size=1))
def test_a_report_that_is_not_refused_holds_whole(names):
    stated = dict.fromkeys(names, "x")
    (period,) = fold([report(1, 1, stated)], GROUPS)
    loose = {name for name, _leader in loose_facts(stated, (), GROUPS)}
    assert period.values.keys() == names - loose


@given(st.sets(st.sampled_from(FACTS), min_size=1))
def test_a_retraction_that_is_not_refused_takes_effect(names):
    first = report(1, 1, dict.fromkeys(FACTS, "x"))
    last = fold([first, report(2, 2, retracts=names)], GROUPS)[-1]
    loose = {name for name, _leader in loose_facts({}, names, GROUPS)}
    followers = {f for leader in names & set(GROUPS) for f in GROUPS[leader]}
    assert last.values.keys() == set(FACTS) - (names - loose) - followers


def test_an_unstated_leader_does_not_lead():
    facts = {"status": "", "status_reason": "cleared"}
    assert list(loose_facts(facts, (), GROUPS)) == [("status_reason", "status")]
    assert not list(loose_facts({"status_reason": ""}, (), GROUPS))
