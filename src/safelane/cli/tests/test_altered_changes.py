"""A change of another shape than any that was written stops neither audit nor page."""

from __future__ import annotations

import pytest

from safelane.cli.tests.test_audit import _folder, named, register
from safelane.core.history.models import Change
from safelane.core.history.queries import differences

__all__ = ["_folder", "register"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("value", ["null", "[]", "3", "[" * 3000])
@pytest.mark.parametrize("verb", ["hazard_report.register", "person.create"])
def test_a_change_of_another_shape_is_named_and_stops_nothing(register, verb, value):
    change = Change.objects.filter(verb=verb).first()
    Change.objects.filter(pk=change.pk).update(after=value)
    assert named()


@pytest.mark.parametrize("value", ["null", "[" * 3000, "{x"])
def test_a_change_that_was_altered_is_told_as_such(register, value):
    change = Change.objects.filter(verb="hazard_report.register").first()
    change.after = value
    told = differences(change)
    assert any("was altered" in str(found.after) for found in told)
