"""One filter, two ways to ask it: in the database, and over a past state in memory."""

from dataclasses import fields
from datetime import date

import pytest
from django.db.models import Value
from django.http import QueryDict

from safelane.accidents.models import Accident
from safelane.accidents.queries import AccidentFilter
from safelane.core.filters.records import fits
from safelane.core.scope import Precision, ScopePolicy, system_actor

pytestmark = pytest.mark.django_db
EXACT, CELL, DISTRICT, NONE = Precision

# Filter, and the precisions at which the Lao accident of 1 May 2025 is found by it.
FOUND = {
    "": (EXACT, CELL, DISTRICT, NONE),
    "kind=mine": (EXACT, CELL, DISTRICT, NONE),
    "kind=mine,uxo": (EXACT, CELL, DISTRICT, NONE),
    "kind=uxo": (),
    "q=la-acc": (EXACT, CELL, DISTRICT, NONE),
    "q=nobody": (),
    "country=lao": (EXACT, CELL, DISTRICT, NONE),
    "country=aze": (),
    "date_from=2025-05-01": (EXACT, CELL, DISTRICT, NONE),
    "date_from=2025-05-02": (CELL, DISTRICT, NONE),
    "date_from=2026-01-01": (),
    "date_to=2025-05-01": (EXACT, CELL, DISTRICT, NONE),
    "date_to=2025-04-30": (CELL, DISTRICT, NONE),
    "date_to=2024-12-31": (),
    "bbox=103.0999,19.3999,103.1001,19.4001": (EXACT, CELL),
    "bbox=103.1050,19.4020,103.1051,19.4021": (CELL,),
    "bbox=104,20,105,21": (),
    "bbox=170,19,103.2,20": (EXACT, CELL),
}


@pytest.fixture
def seen_at(laos, monkeypatch):
    def rows(level):
        exactly = classmethod(lambda cls, actor: Value(int(level)))
        monkeypatch.setattr(ScopePolicy, "precision", exactly)
        return Accident.objects.visible_to(system_actor())

    return rows


@pytest.mark.parametrize("level", Precision)
@pytest.mark.parametrize("text", FOUND)
def test_both_ways_find_the_same(seen_at, text, level):
    rows, filters = seen_at(level), AccidentFilter.parse(QueryDict(text))
    expected = level in FOUND[text]
    assert filters.apply(rows).exists() is expected
    assert fits(filters, rows.get()) is expected


@pytest.mark.parametrize("level", Precision)
def test_an_area_below_the_district_is_asked_of_rows_that_show_it(seen_at, level):
    rows = seen_at(level)
    village = rows.get().admin_area
    assert village.level == 3
    asked = ((village.parent, level <= DISTRICT), (village, level == EXACT))
    for area, expected in asked:
        filters = AccidentFilter.parse({"area": str(area.pk)})
        assert filters.apply(rows).exists() is expected
        assert fits(filters, rows.get()) is expected


@pytest.mark.parametrize("level", Precision)
def test_an_organisation_is_asked(seen_at, cast, level):
    rows = seen_at(level)
    for name, expected in (("lao", True), ("azo", False)):
        asked = str(cast.organisations[name].pk)
        filters = AccidentFilter.parse({"organisation": asked})
        assert filters.apply(rows).exists() is expected
        assert fits(filters, rows.get()) is expected


class ByFirstInformation(AccidentFilter):
    dated_by = "first_information"  # no fact is declared of it: coarse readers see none


@pytest.mark.parametrize("level", Precision)
@pytest.mark.parametrize(
    ("text", "holds"),
    [("date_from=2025-05-03", True), ("date_to=2025-12-31", True)]
    + [("date_from=2025-05-04", False), ("date_to=2025-05-02", False)],
)
def test_a_day_that_is_not_shown_finds_exact_rows_only(seen_at, level, text, holds):
    rows, filters = seen_at(level), ByFirstInformation.parse(QueryDict(text))
    expected = holds and level == EXACT
    assert filters.apply(rows).exists() is expected
    assert fits(filters, rows.get()) is expected


@pytest.mark.parametrize("level", Precision)
@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2025, 1, 1), "date_from=2025-06-15"),
        (date(2025, 12, 31), "date_to=2025-06-15"),
    ],
)
def test_a_year_holds_its_first_day_and_its_last(seen_at, level, day, text):
    rows, filters = seen_at(level), AccidentFilter.parse(QueryDict(text))
    Accident.objects.update(occurred_on=day)
    assert filters.apply(rows).exists() is (level != EXACT)
    assert fits(filters, rows.get()) is (level != EXACT)


@pytest.mark.parametrize("level", Precision)
@pytest.mark.parametrize("text", ["date_from=1900-01-01", "date_to=2100-01-01"])
def test_what_has_no_day_lies_in_no_span(seen_at, level, text):
    rows, filters = seen_at(level), AccidentFilter.parse(QueryDict(text))
    assert filters.apply(rows).exists() and fits(filters, rows.get())
    Accident.objects.update(occurred_on=None)
    assert not filters.apply(rows).exists()
    assert not fits(filters, rows.get())


def test_an_address_and_its_filter_are_the_same_thing():
    text = (
        "q=x&kind=mine&kind=uxo&country=LAO&date_from=2025-05-01"
        "&as_of=2025-06-01&known_at=2025-07-01"
    )
    filters = AccidentFilter.parse(QueryDict(text))
    assert filters.kind == ("mine", "uxo") and filters.cause == ()
    assert filters.date_from == date(2025, 5, 1) and filters.is_past
    assert filters.querystring() == text
    assert filters.dates_only.querystring() == "as_of=2025-06-01&known_at=2025-07-01"
    moment = AccidentFilter.parse({"known_at": "2025-07-01T10:00+00:00"})
    assert AccidentFilter.parse(QueryDict(moment.querystring())) == moment


def test_the_form_offers_each_filter_that_the_address_takes(cast, clients, laos):
    page = clients["noy"].get("/accidents/?cause=stepped").context["form"]
    asked = {field.name for field in fields(AccidentFilter)} - {"codes"}
    asked |= {fact.filter for fact in AccidentFilter.asked()}
    assert asked - {*page.fields} == {"country"}  # of one country there is no choice
    assert page["cause"].value() == "stepped" and page.has_more()
