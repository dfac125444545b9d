"""Recurring work is done once when it is due, by one of several workers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import QuerySet

from safelane.core.domain import Domain
from safelane.core.domain.checks import PartsClash
from safelane.core.errors import InvalidInput
from safelane.core.jobs.models import RecurringRun
from safelane.core.jobs.recurring import Recurring, run_due
from safelane.core.jobs.worker import Worker
from safelane.core.testing.parts import in_use

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def with_work(*works):
    return in_use(Domain(app="tests", title="Tests", recurring=works), alone=True)


@pytest.fixture
def only():
    """Know no other work; return what was done when."""
    done: list[datetime] = []
    with with_work(Recurring("test.note", HOUR, done.append)):
        yield done


def test_it_runs_at_once_and_then_when_due(only):
    for minutes in (0, 59, 60, 119, 120):
        run_due(NOON + timedelta(minutes=minutes))
    assert [moment - NOON for moment in only] == [0 * HOUR, HOUR, 2 * HOUR]


def test_a_clock_that_was_years_ahead_stops_no_work(only):
    run_due(NOON.replace(year=2036))
    run_due(NOON)
    run_due(NOON - HOUR / 2)  # another machine's clock is a little behind
    assert [moment.year for moment in only] == [2036, 2026]


def test_of_two_workers_one_does_it(only, monkeypatch):
    run_due(NOON)
    first = QuerySet.first

    def look_and_wait(rows):
        """Another worker begins between this one's look and its claim."""
        last = first(rows)
        RecurringRun.objects.update(begun=NOON + HOUR)
        return last

    monkeypatch.setattr(QuerySet, "first", look_and_wait)
    assert run_due(NOON + HOUR) == []
    assert only == [NOON]


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (InvalidInput("no such folder"), "no such folder"),
        (RuntimeError("boom"), "RuntimeError: boom"),
    ],
)
def test_a_failure_is_kept_and_the_others_go_on(only, fault, text):
    def fail(now):
        raise fault

    failing = Recurring("test.fail", HOUR, fail)
    with with_work(failing, Recurring("test.note", HOUR, only.append)):
        assert run_due(NOON) == ["test.fail", "test.note"]
        assert RecurringRun.objects.get(name="test.fail").error == text
        assert only == [NOON]
        run_due(NOON + HOUR)  # it is tried again
    assert RecurringRun.objects.get(name="test.fail").begun == NOON + HOUR


def test_two_works_of_one_name_are_refused():
    works = [Recurring("test.note", hours * HOUR, print) for hours in (1, 2)]
    with pytest.raises(PartsClash, match=r"test\.note"), with_work(*works):
        pass


def test_a_worker_does_what_is_due(only):
    Worker()._recover()
    assert len(only) == 1
