"""What a reader is told hangs on what the reader sees, and on nothing else."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Any

import pytest

from safelane.core.review.findings import blocking, references, told, undecided

AREA, NEAR, FAR = ("app.Area", 1), ("app.Sign", 7), ("app.Sign", 8)
ALL = frozenset({AREA, NEAR, FAR})


def finding(**more: Any) -> dict[str, Any]:
    return {
        "rule": "needs-sign",
        "clause": "7.11",
        "rule_version": "needs-sign@1900-01-01",
        "severity": "block",
        "msgid": "Only %(found)s found.",
        "values": {"found": 99},
        "where": "kind",
    } | more


def counted(*rows: Any, own: int = 0, at_least: int = 0) -> dict[str, Any]:
    listed = [list(row) for row in rows]
    return {"name": "found", "own": own, "rows": listed, "at_least": at_least}


def sentence(*about: Any, doubts: tuple[str, ...] = ("needs-sign",)) -> dict[str, Any]:
    return finding(
        rule="nearby",
        severity="warn",
        msgid="Something may lie here.",
        values={},
        where=None,
        about=[list(ref) for ref in about],
        doubts=list(doubts),
    )


def messages(findings: list[Any], seen: frozenset[Any]) -> list[str]:
    return [f["message"] for f in told(findings, seen)]


def test_what_is_about_a_hidden_record_is_not_told():
    found = [finding(about=[list(AREA)])]
    assert messages(found, frozenset({AREA})) == ["Only 99 found."]
    assert messages(found, frozenset({NEAR})) == []
    assert blocking(found, frozenset({NEAR})) == []


def test_the_order_follows_from_what_is_told():
    """In which order findings were kept may hang on records out of reach."""
    more = [finding(msgid="A", where=None), finding(msgid="B", where=None)]
    more += [finding(msgid="A", where=[103.2, 19.4]), finding(severity="warn")]
    (said,) = {str(told(order, ALL)) for order in permutations(more)}
    assert said.index("'A'") < said.index("'B'") < said.index("'warn'")


@pytest.mark.parametrize(("own", "seen", "number"), [(0, 1, 1), (2, 0, 2), (1, 2, 3)])
def test_a_reader_is_told_the_number_of_what_the_reader_sees(own, seen, number):
    found = [finding(counted=counted(NEAR, FAR, own=own))]
    known = frozenset((NEAR, FAR)[:seen])
    assert messages(found, known) == [f"Only {number} found."]
    assert told(found, known)[0]["values"] == {"found": number}


def test_nothing_seen_of_what_is_counted_is_not_told():
    assert messages([finding(counted=counted(NEAR))], frozenset()) == []


@pytest.mark.parametrize(("own", "stands"), [(0, True), (1, True), (2, False)])
def test_too_few_at_below_and_above_the_limit(own, stands):
    found = [finding(counted=counted(own=own, at_least=2))]
    assert bool(messages(found, ALL)) is stands
    assert bool(blocking(found, ALL)) is stands


def test_the_sentence_is_for_those_who_do_not_see_it_all():
    assert messages([sentence(AREA, NEAR)], ALL) == []
    for seen in (frozenset(), frozenset({AREA}), frozenset({NEAR})):
        assert messages([sentence(AREA, NEAR)], seen) == ["Something may lie here."]


def test_two_sentences_are_one():
    assert len(messages([sentence(AREA), sentence(NEAR, doubts=())], frozenset())) == 1


def test_what_may_lie_out_of_reach_does_not_block_its_author_and_is_left_undecided():
    missing = finding(counted=counted(FAR, at_least=1))
    hidden = [missing, sentence(FAR)]
    assert blocking(hidden, frozenset()) == []
    assert told(hidden, frozenset())[0]["severity"] == "warn"
    assert undecided(hidden, frozenset())
    assert not undecided(hidden, ALL)
    assert blocking([missing], frozenset()), "nothing is out of reach"
    other = sentence(AREA, doubts=())
    assert blocking([missing, other], frozenset()), "another record is"


def test_an_answer_does_not_hang_on_whether_a_hidden_record_counts():
    """A hidden sign inside and one outside the outline give one and the same answer."""
    inside = [finding(counted=counted(FAR, at_least=1)), sentence(FAR)]
    outside = [finding(counted=counted(at_least=1)), sentence(FAR)]
    present = [finding(counted=counted(FAR)), sentence(FAR)]
    absent = [finding(counted=counted()), sentence(FAR)]
    for one, other in ((inside, outside), (present, absent)):
        for size in range(3):
            for seen in combinations((AREA, NEAR), size):
                known = frozenset(seen)
                assert told(one, known) == told(other, known)
                assert blocking(one, known) == [] == blocking(other, known)
                assert undecided(one, known) == undecided(other, known) is True


def test_the_order_follows_from_what_is_told_alone():
    """What blocks for who sees everything comes no earlier for who does not."""
    own = finding(rule="own", severity="block", msgid="Too large.", values={})
    missing = finding(counted=counted(FAR, at_least=1))
    kept = [missing, own, finding(rule="early", severity="warn"), sentence(FAR)]
    for order in permutations(kept):
        rules = [f["rule"] for f in told(order, frozenset())]
        assert rules == ["own", "early", "nearby", "needs-sign"]
        assert [f["rule"] for f in told(order, ALL)] == ["own", "early"]


def test_what_blocks_by_a_hidden_record_is_left_undecided():
    found = [finding(about=[list(AREA)])]
    assert undecided(found, frozenset({NEAR}))
    assert not undecided(found, frozenset({AREA}))
    assert not undecided([finding(about=[list(AREA)], severity="warn")], frozenset())


def test_every_record_spoken_of_is_a_reference():
    found = [finding(counted=counted(FAR)), sentence(AREA, NEAR)]
    assert references(found) == {AREA, NEAR, FAR}
