"""A question that takes too long is broken off at every door, and harms nothing."""

import time

import pytest
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.test import Client
from django.utils import timezone

from safelane.core.errors import TookTooLong
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.worker import run_waiting_jobs
from safelane.core.protect import timelimit
from safelane.core.protect.timelimit import reads_limited
from safelane.hazards.models import HazardousArea
from safelane.organisations.models import Membership
from safelane.organisations.signin.actions import create_token

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {})"
ENDLESS = f"{COUNT.format(2_000_000_000)} SELECT count(*) FROM r"
LIMIT = 0.5


def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_a_long_read_ends_near_its_limit_and_the_connection_goes_on():
    began = time.perf_counter()
    said = pytest.raises(TookTooLong, match=r"longer than 0\.5 seconds.*Narrow it")
    with said, reads_limited(LIMIT):
        ask(ENDLESS)
    assert LIMIT <= time.perf_counter() - began < 4
    assert ask("SELECT 1") == 1
    with reads_limited(LIMIT):
        assert ask("SELECT 2") == 2


def test_what_is_quick_enough_is_answered():
    with reads_limited(30):
        assert ask(f"{COUNT.format(20_000)} SELECT count(*) FROM r") == 20_000


def test_the_limit_ends_with_its_block():
    with reads_limited(0.05):
        ask("SELECT 1")
    assert ask(f"{COUNT.format(1_500_000)} SELECT count(*) FROM r") == 1_500_000


def test_each_portion_of_rows_has_the_whole_time():
    rows = COUNT.format(2_000_000)
    with reads_limited(0.6), connection.cursor() as cursor:
        cursor.execute(f"{rows} SELECT n FROM r LIMIT 3000")
        seen = 0
        while found := cursor.fetchmany(1000):
            time.sleep(0.3)
            seen += len(found)
    assert seen == 3000


@pytest.fixture
def slow(monkeypatch, settings):
    """Make every read of hazardous areas endless, as a hostile filter would."""
    settings.READ_SECONDS = 1
    own = SQLCompiler.execute_sql

    def execute(self, *given, **named):
        if self.query.model is HazardousArea:
            ask(ENDLESS)
        return own(self, *given, **named)

    monkeypatch.setattr(SQLCompiler, "execute_sql", execute)


@pytest.mark.parametrize(
    "path", ["/hazards/", "/api/v1/hazards", "/hazards/?q=a", "/api/v1/hazards?q=a"]
)
def test_pages_and_the_api_say_so(cast, clients, slow, path):
    answer = clients["aysel"].get(path)
    assert answer.status_code == 504
    assert "longer than 1 seconds" in answer.content.decode()
    if "/api/" in path:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["type"].endswith("took-too-long")
    assert clients["aysel"].get("/organisations/").status_code == 200


@pytest.fixture
def slow_rows(monkeypatch, settings):
    """Make reads of collections endless, beneath which features and tiles are made."""
    settings.READ_SECONDS = 1
    from safelane.core.collections.rows import Rows

    monkeypatch.setattr(Rows, "fetch", lambda *given: ask(ENDLESS))


def token(cast):
    membership = Membership.objects.get(user=cast.users["aysel"])
    until = timezone.now() + timezone.timedelta(days=1)
    return create_token(membership, "x", until, by=cast.actor("aysel"))[1]


ITEMS = "/ogc/collections/hazardous-areas/items"


@pytest.mark.parametrize("signed", ["session", "token"])
@pytest.mark.parametrize("path", [ITEMS, "/tiles/hazardous-areas/9/320/190.mvt"])
def test_ogc_and_tiles_say_so(cast, clients, slow_rows, path, signed):
    client = clients["aysel"]
    if signed == "token":
        client = Client(headers={"Authorization": f"Bearer {token(cast)}"})
    answer = client.get(path)
    assert answer.status_code == 504
    assert "longer than 1 seconds" in answer.content.decode()


def test_an_export_says_so(cast, clients, monkeypatch, settings):
    settings.READ_SECONDS = 1
    from safelane.exchange import jobs

    monkeypatch.setattr(jobs, "export_records", lambda *given, **named: ask(ENDLESS))
    data = {"target": "hazards", "format": "csv", "filter": ""}
    assert clients["aysel"].post("/exchange/export/", data).status_code == 302
    run_waiting_jobs()
    job = JobRun.objects.get()
    assert job.status == "failed"
    assert "longer than 1 seconds" in job.error


def test_what_changes_something_is_not_broken_off(cast, clients, monkeypatch):
    seen = []
    monkeypatch.setattr(timelimit, "reads_limited", lambda **_how: seen.append(1))
    clients["aysel"].post("/account/logout/")
    assert seen == []


def in_force():
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return cursor.fetchone()[0]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no limit")
def test_a_limit_that_a_read_left_binds_no_change(cast, clients, settings):
    settings.READ_SECONDS = 7
    assert clients["aysel"].get("/hazards/").status_code == 200
    assert in_force() == "7s"
    clients["aysel"].post("/account/logout/")
    assert in_force() == "0"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server")
def test_a_limit_is_told_anew_after_the_server_was_restarted(cast, clients, settings):
    settings.READ_SECONDS = 7
    clients["aysel"].get("/hazards/")
    raw = connection.connection
    raw.close()
    connection.close()
    assert clients["aysel"].get("/hazards/").status_code == 200
    assert in_force() == "7s" and connection.connection is not raw
