"""Marks instead of running numbers: never the same twice, and not to be counted by."""

import pytest

from safelane.core.protect.disguise import disguised
from safelane.core.protect.models import Installation

pytestmark = pytest.mark.django_db


def test_no_two_keys_get_the_same_mark():
    keys = [*range(20_000), *range(2**32 - 5_000, 2**32 + 5_000), 2**62]
    marks = disguised(keys)
    assert len(set(marks)) == len(keys)
    assert {len(mark) for mark in marks[:20_000]} == {8}
    assert all(mark.isupper() and mark.isalpha() for mark in marks)
    assert disguised([]) == []


def test_a_mark_tells_nothing_of_its_neighbours():
    marks = disguised(range(1, 1001))
    assert marks != sorted(marks)
    assert len({mark[:4] for mark in marks}) > 900


def test_a_key_keeps_its_mark_and_has_another_one_elsewhere(settings):
    (mark,) = disguised([17])
    settings.SECRET_KEY = "x" * 50  # a changed secret changes no numbers
    assert disguised([17]) == [mark]
    Installation.objects.update(numbering="00" * 32)
    assert disguised([17]) == ["JBCSFNMK"]  # the same on every machine, in each version
