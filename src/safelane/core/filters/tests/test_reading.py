"""Values of a query string: read as meant, or refused by their name."""

from datetime import date, datetime, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from safelane.core.errors import InvalidInput
from safelane.core.filters import reading


def test_codes_stand_apart_or_with_commas():
    assert reading.codes_of(QueryDict("kind=a&kind=b, c,"), "kind") == ("a", "b", "c")
    assert reading.codes_of({"kind": ["a", "b"]}, "kind") == ("a", "b")
    assert reading.codes_of({}, "kind") == ()


def test_the_last_of_several_texts_holds_and_long_ones_are_cut():
    assert reading.text_of({"q": ["one", " two "]}, "q") == "two"
    assert len(reading.text_of({"q": "x" * 201}, "q")) == reading.LONGEST
    assert reading.text_of({"q": None}, "q") == ""


@pytest.mark.parametrize("text", ["9" * 18, "0", "17"])
def test_numbers_up_to_eighteen_digits_are_read(text):
    assert reading.number_of({"n": text}, "n") == int(text)


@pytest.mark.parametrize("text", ["9" * 19, "-1", "1.5", "٣", "one"])
def test_other_numbers_are_refused(text):
    with pytest.raises(InvalidInput) as caught:
        reading.number_of({"n": text}, "n")
    assert caught.value.field == "n"


def test_a_bare_day_is_known_at_its_end_and_a_moment_as_it_stands():
    end = timezone.make_aware(datetime(2024, 6, 2)) - datetime.resolution
    assert reading.moment_of({"at": "2024-06-01"}, "at") == end
    moment = reading.moment_of({"at": "2024-06-01T10:00 02:00"}, "at")
    assert moment == datetime.fromisoformat("2024-06-01T10:00+02:00")
    assert reading.moment_of({}, "at") is None


@pytest.mark.parametrize(
    "text", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "9999-12-31"]
)
def test_a_moment_that_other_zones_cannot_write_is_refused(text):
    with pytest.raises(InvalidInput, match=text[:10]):
        reading.moment_of({"at": text}, "at")


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "was true"), (0, "was true"), (1, "would be true")]
)
def test_today_is_no_day_to_come(days, said):
    day = timezone.localdate() + timedelta(days=days)
    assert said in reading.Moment(as_of=day).words


def test_days_are_real_days():
    assert reading.day_of({"d": "2024-02-29"}, "d") == date(2024, 2, 29)
    for text in ("2023-02-29", "01/02/2024", "soon"):
        with pytest.raises(InvalidInput):
            reading.day_of({"d": text}, "d")


@pytest.mark.parametrize("text", ["-180,-90,180,90", "179,-1,-179,1"])
def test_boxes_up_to_the_edges_of_the_world_are_read(text):
    numbers = tuple(float(part) for part in text.split(","))
    assert reading.box_of({"bbox": text}, "bbox") == numbers


@pytest.mark.parametrize(
    "text", ["-180.1,0,1,1", "0,0,1,90.1", "0,5,1,4", "0,0,inf,1", "0,0,1", "a,b,c,d"]
)
def test_other_boxes_are_refused(text):
    with pytest.raises(InvalidInput, match="Correct it or leave it out"):
        reading.box_of({"bbox": text}, "bbox")


@pytest.mark.parametrize("read", [reading.text_of, reading.codes_of])
def test_a_nul_is_refused(read):
    with pytest.raises(InvalidInput):
        read({"q": "a\x00"}, "q")
