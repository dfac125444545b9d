"""Filters: read from the address, and no finer than what the reader may see."""

from datetime import date, datetime

import pytest
import shapely
from django.http import QueryDict
from django.utils import timezone

from safelane.core.errors import InvalidInput
from safelane.core.geo.cells import cell_bounds
from safelane.core.scope.precision import published
from safelane.hazards.filters import HazardFilter
from safelane.hazards.queries import areas
from safelane.hazards.tests.conftest import claims, square
from safelane.hazards.tests.steps import area_from


def parsed(text: str) -> HazardFilter:
    return HazardFilter.parse(QueryDict(text))


def test_an_address_and_its_filter_are_the_same_thing():
    text = (
        "q=Ban&kind=sha&kind=cha&status=open&organisation=4&country=LAO&area=12"
        "&bbox=102.5%2C19%2C103%2C19.5&date_from=2024-01-01&as_of=2024-06-01"
    )
    chosen = parsed(text)
    assert chosen.kind == ("sha", "cha")
    assert chosen.bbox == (102.5, 19, 103, 19.5)
    assert chosen.as_of == date(2024, 6, 1)
    assert HazardFilter.parse(QueryDict(chosen.querystring())) == chosen


def test_an_empty_address_asks_for_everything():
    assert parsed("") == HazardFilter()
    assert not parsed("").is_past


def test_a_bare_day_of_knowledge_means_the_end_of_that_day():
    known_at = parsed("known_at=2024-06-01").known_at
    assert known_at == timezone.make_aware(datetime(2024, 6, 2)) - datetime.resolution
    assert known_at.date() == date(2024, 6, 1)  # what a form shows again


@pytest.mark.parametrize(
    "text",
    [
        "bbox=1,2,3",
        "bbox=a,b,c,d",
        "bbox=nan,0,1,1",
        "bbox=0,5,1,4",
        "bbox=0,0,1,91",
        "bbox=-181,0,1,1",
        "organisation=one",
        "organisation=99999999999999999999",
        "area=-1",
        "date_from=yesterday",
        "date_to=2024-02-30",
        "as_of=2024-13-01",
        "known_at=2024-06-01T99:00",
        "q=a%00b",
        "kind=a%00",
    ],
)
def test_what_cannot_be_read_is_refused_by_name(text):
    with pytest.raises(InvalidInput) as caught:
        parsed(text)
    assert caught.value.field == text.partition("=")[0]


@pytest.fixture
def hazard(field):
    return area_from(field, claims(name="Ban Na", priority="high"))


def found(actor, text: str) -> bool:
    return areas(actor, parsed(text)).exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("q=xk", True),
        ("q=Ban", True),
        ("q=elsewhere", False),
        ("kind=sha", True),
        ("kind=cha", False),
        ("kind=cha,sha", True),
        ("priority=high", True),
        ("country=lao", True),
        ("country=aze", False),
        ("date_from=2024-05-01", True),
        ("date_from=2024-05-02", False),
        ("date_to=2024-04-30", False),
        ("bbox=103.1,19.3,103.3,19.5", True),
        ("bbox=103.3,19.3,103.4,19.5", False),
    ],
)
def test_areas_are_narrowed(field, hazard, text, expected):
    assert found(field.manager, text) is expected


def test_a_withdrawn_area_is_not_listed(field, hazard):
    type(hazard).objects.filter(pk=hazard.pk).update(is_withdrawn=True)
    assert not found(field.manager, "")


def box(*bounds: float) -> str:
    return "bbox=" + ",".join(str(number) for number in bounds)


def test_small_boxes_tell_a_coarse_reader_no_more_than_the_cell(field, hazard):
    """Every box inside the cell gets one answer, wherever the polygon lies in it."""
    west, south, east, north = cell_bounds(*square().centroid.coords[0])
    step = (east - west) / 10
    places = range(1, 9)
    corners = [(west + i * step, south + j * step) for i in places for j in places]
    boxes = [box(x, y, x + step / 10, y + step / 10) for x, y in corners]
    assert {found(field.reader, text) for text in boxes} == {True}
    assert {found(field.manager, text) for text in boxes} == {True, False}


def test_a_hidden_name_cannot_be_searched(field, hazard):
    assert found(field.manager, "q=Ban")
    assert not found(field.reader, "q=Ban")
    assert found(field.reader, "q=XK")


def test_a_coarse_reader_gets_the_cell_and_a_rounded_area(field, hazard):
    exact = published(areas(field.manager).get())
    coarse = published(areas(field.reader).get())
    assert exact["geometry"].equals(square())
    assert exact["name"] == "Ban Na"
    assert coarse["geometry"].equals(
        shapely.box(*cell_bounds(*square().centroid.coords[0]))
    )
    assert "name" not in coarse
    assert coarse["area_m2"] == 46_000 or coarse["area_m2"] == 47_000
    assert coarse["kind"] == "sha"
