"""The list of accidents as of a past day, by two clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from safelane.accidents.models import Accident, AccidentReport
from safelane.accidents.queries import AccidentFilter, accidents_as_of
from safelane.accidents.tests.steps import claims_of, register_approved
from safelane.accidents.tests.test_exchange import ROW

pytestmark = pytest.mark.django_db
EARLY, LATE = date(2010, 3, 1), date(2012, 6, 1)


@pytest.fixture
def told_twice(cast: Any) -> Accident:
    """Return an accident of 2010 whose kind a report of 2012 corrects."""
    later = {
        "reference": "OLD-7",
        "date_of_information": LATE,
        "kind": "cluster",
        "geometry": None,
    }
    for row, moment in ((ROW, 2015), (later, 2020)):
        saved = register_approved(
            [claims_of(row)],
            organisation=cast.organisations["lao"],
            reason="Old database",
            by=cast.actor("noy"),
        )
        approved = datetime(moment, 1, 2, tzinfo=UTC)
        AccidentReport.objects.filter(pk=saved[0].pk).update(approved_at=approved)
    return Accident.objects.get()


def kinds(cast: Any, person: str = "noy", **asked: Any) -> list[str]:
    rows = accidents_as_of(cast.actor(person), AccidentFilter.parse(asked))
    return [row.kind for row in rows]


def test_what_was_true_on_a_day(told_twice: Accident, cast: Any) -> None:
    assert kinds(cast, as_of=EARLY - timedelta(days=1)) == []
    assert kinds(cast, as_of=EARLY) == ["uxo"]
    assert kinds(cast, as_of=LATE) == ["cluster"]


def test_what_was_known_on_a_day(told_twice: Accident, cast: Any) -> None:
    assert kinds(cast, known_at=date(2014, 12, 31)) == []
    assert kinds(cast, known_at=date(2019, 12, 31)) == ["uxo"]
    assert kinds(cast, known_at=date(2020, 1, 2)) == ["cluster"]


def test_filters_ask_the_facts_of_then(told_twice: Accident, cast: Any) -> None:
    assert kinds(cast, as_of=EARLY, kind="cluster") == []
    assert kinds(cast, as_of=EARLY, kind="uxo", q="old-7") == ["uxo"]
    assert kinds(cast, as_of=EARLY, date_from=date(2010, 2, 28)) == []
    assert kinds(cast, as_of=EARLY, date_to=date(2010, 2, 28)) == ["uxo"]


@pytest.mark.parametrize("person", ["aysel", "eve"])
def test_nobody_sees_more_of_the_past(
    told_twice: Accident, cast: Any, person: str
) -> None:
    assert kinds(cast, person, as_of=EARLY) == []


def test_pages_show_the_past(told_twice: Accident, clients: Any) -> None:
    listed = clients["noy"].get(reverse("accidents:list"), {"as_of": "2010-03-01"})
    assert [row.head.shown for row in listed.context["lines"]] == ["OLD-7"]
    words = "What was true on 1 March 2010, as known today."
    assert words in listed.content.decode()
    url = reverse("accidents:detail", args=[told_twice.uid])
    past = clients["noy"].get(url, {"as_of": "2010-03-01"})
    today = clients["noy"].get(url)
    assert past.context["facts"] != today.context["facts"]
    gone = clients["noy"].get(url, {"as_of": "2001-01-01"})
    assert "Nothing was known of this accident then" in gone.content.decode()
