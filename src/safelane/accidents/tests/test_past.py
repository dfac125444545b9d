"""The list of accidents as of a past day, by two clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from safelane.accidents.actions import REPORTS
from safelane.accidents.models import Accident, AccidentReport
from safelane.accidents.queries import AccidentFilter, accidents_as_of
from safelane.accidents.tests.steps import claims_of, register_approved
from safelane.accidents.tests.test_exchange import ROW
from safelane.core.errors import NotFound
from safelane.core.review.queries import state_then
from safelane.core.scope import Actor, Grant, Precision

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
    words = "What was true on 1 Mar 2010, as known today."
    assert words in listed.content.decode()
    url = reverse("accidents:detail", args=[told_twice.uid])
    past = clients["noy"].get(url, {"as_of": "2010-03-01"})
    today = clients["noy"].get(url)
    assert past.context["facts"] != today.context["facts"]
    gone = clients["noy"].get(url, {"as_of": "2001-01-01"})
    assert "Nothing was known of this accident then" in gone.content.decode()


@pytest.fixture
def moved(cast: Any) -> Accident:
    """Return an accident that lay in laos-100 and, by a later report, in laos-110."""
    areas = {a.code: a for a in cast.countries["laos"].areas.filter(level=3)}
    for day, code in ((EARLY, "laos-100"), (LATE, "laos-110")):
        place = areas[code].geometry.representative_point()
        row = ROW | {"reference": "MOVED", "date_of_information": day}
        register_approved(
            [claims_of(row | {"geometry": place})],
            organisation=cast.organisations["lao"],
            reason="Old database",
            by=cast.actor("noy"),
        )
    return Accident.objects.get()


def reader_of(cast: Any, code: str, level: Precision = Precision.EXACT) -> Actor:
    """Return somebody who sees the accidents of one area."""
    area = cast.countries["laos"].areas.get(code=code)
    grant = Grant(
        verbs=frozenset({"accident.view"}),
        reach="country",
        organisation_id=None,
        country_id=cast.countries["laos"].pk,
        area_path=area.path,
        precision=(("accident", level),),
    )
    return Actor(kind="person", user_id=1, name="District", grants=(grant,))


def test_who_reads_one_area_sees_what_lay_in_it_then(moved: Accident, cast: Any):
    first, second = reader_of(cast, "laos-100"), reader_of(cast, "laos-110")

    def seen(actor: Actor, day: date) -> list[str]:
        found = accidents_as_of(actor, AccidentFilter.parse({"as_of": day}))
        return [row.admin_area.code for row in found]

    assert seen(first, EARLY) == ["laos-100"] and seen(second, EARLY) == []
    assert seen(first, LATE) == [] and seen(second, LATE) == ["laos-110"]
    known = AccidentFilter.parse({"as_of": EARLY})
    uid = moved.uid
    assert state_then(REPORTS, second, known, uid) == (moved, None, True)
    assert state_then(REPORTS, first, known, uid)[1] is not None
    before = AccidentFilter.parse({"as_of": EARLY - timedelta(days=1)})
    assert state_then(REPORTS, second, before, uid) == (moved, None, False)
    later = AccidentFilter.parse({"as_of": LATE})
    with pytest.raises(NotFound):
        state_then(REPORTS, first, later, uid)


@pytest.mark.parametrize("level", [Precision.CELL, Precision.DISTRICT])
def test_no_day_is_found_by_who_is_shown_the_year(
    told_twice: Accident, cast: Any, level: Precision
):
    actor = reader_of(cast, "laos-1", level)

    def answers(name: str, days: list[date]) -> list[list[str]]:
        asked = [AccidentFilter.parse({name: day}) for day in days]
        return [[row.kind for row in accidents_as_of(actor, one)] for one in asked]

    whole = [EARLY.replace(month=m, day=d) for m, d in ((1, 1), (3, 1), (12, 31))]
    assert answers("as_of", whole) == [["uxo"]] * 3
    assert answers("as_of", [EARLY.replace(year=2009, month=12, day=31)]) == [[]]
    approval = [date(2015, 1, 1), date(2015, 1, 2), date(2015, 12, 31)]
    assert answers("known_at", approval) == [["uxo"]] * 3


def test_a_past_list_by_years_is_in_no_order_of_days(cast: Any) -> None:
    for name, month in (("A-1", 5), ("A-2", 3)):
        day = date(2010, month, 1)
        row = ROW | {"reference": name, "occurred_on": day, "date_of_information": day}
        register_approved(
            [claims_of(row)],
            organisation=cast.organisations["lao"],
            reason="Old database",
            by=cast.actor("noy"),
        )
    then = AccidentFilter.parse({"as_of": date(2012, 1, 1)})

    def names(actor: Actor) -> list[str]:
        return [row.reference for row in accidents_as_of(actor, then)]

    assert names(cast.actor("noy")) == ["A-1", "A-2"]
    assert names(reader_of(cast, "laos-1", Precision.CELL)) == ["A-2", "A-1"]
