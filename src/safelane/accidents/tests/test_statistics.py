"""Counts for everybody, small ones hidden; published on fixed dates."""

import json
from dataclasses import replace
from datetime import date, datetime

import pytest
from django.utils import timezone

from safelane.accidents.actions import publish_counts, publish_due
from safelane.accidents.counts import (
    PUBLIC_TABLES,
    countries_for,
    cross_table,
    tables_for,
)
from safelane.accidents.models import AccidentReport
from safelane.accidents.tests.steps import (
    approved,
    claims,
    draft,
    victim,
    withdraw_report,
)
from safelane.core.counts.publishing import due_on
from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.history.models import Change
from safelane.organisations.models import Role
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import public_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(cast):
    """Register ten injured women and seven killed boys in Laos."""
    women = tuple(victim(n, identity=None) for n in range(1, 11))
    boys = tuple(
        victim(n, sex="male", age=9, outcome="killed", identity=None)
        for n in range(1, 8)
    )
    approved(cast, "lao", claims("L1", 103.1, 19.4, victims=women))
    day = date(2025, 8, 1)
    approved(cast, "lao", claims("L2", 103.3, 19.4, victims=boys, day=day))
    publish_due(moment(2025, 10, 1))
    return cast.countries["laos"]


def moment(*day):
    return timezone.make_aware(datetime(*day, 0, 30))


def test_people_are_counted_by_two_features(cast, many):
    table = cross_table(cast.actor("dara"), many, "age_group", "sex")
    assert table.row_labels == ("5 to 11", "18 to 39")
    assert table.column_labels == ("Female", "Male")
    assert table.cells == ((0, 7, 7), (10, 0, 10), (10, 7, 17))


def test_small_cells_are_hidden_from_everybody(cast, many):
    one_old_man(cast)
    publish_due(moment(2026, 1, 1))
    for person in ("dara", "noy"):
        table = cross_table(cast.actor(person), many, "age_group", "sex")
        assert any(None in line for line in table.cells)
        assert table.cells[2][1] is None  # one man of seventy
        assert all(line.count(None) != 1 for line in table.cells)


def test_donor_gets_the_published_tables_only(cast, many):
    assert tables_for(cast.actor("dara"), many) == PUBLIC_TABLES
    with pytest.raises(InvalidInput, match="disability"):
        cross_table(cast.actor("dara"), many, "disability", "sex")
    assert cross_table(cast.actor("noy"), many, "disability", "sex").cells


def test_country_outside_the_scope_is_not_counted(cast, many, azerbaijan):
    country = cast.countries["azerbaijan"]
    with pytest.raises(NotPermitted, match="outside"):
        cross_table(cast.actor("noy"), country, "year", "outcome")
    codes = [c.code for c in countries_for(cast.actor("dara"))]
    assert codes == ["LAO"]


def test_public_sees_published_tables_of_every_country(clients, many, azerbaijan):
    page = clients["nobody"].get("/accidents/statistics/?country=LAO")
    assert page.status_code == 200 and "17" in page.content.decode()
    publish_due(moment(2026, 1, 1))
    page = clients["nobody"].get("/accidents/statistics/?country=AZE")
    assert ">*</span>" in page.content.decode()  # one person


def test_api_gives_the_same_counts(clients, many):
    path = "/api/v1/accidents/statistics?row=age_group&column=sex&country="
    assert clients["dara"].get(f"{path}LAO").json()["cells"][-1] == [10, 7, 17]
    assert clients["dara"].get(f"{path}AZE").status_code == 404
    assert clients["eve"].get(f"{path}LAO").status_code == 403


def test_stranger_sees_no_counts_and_team_leader_neither(cast, many):
    for person in ("eve", "bounmy"):
        with pytest.raises(NotPermitted):
            cross_table(cast.actor(person), many, "year", "outcome")


def test_unapproved_reports_do_not_count(cast, many):
    draft(cast, "lao", claims("L9", victims=(victim(identity=None),)))
    table = cross_table(cast.actor("dara"), many, "year", "outcome")
    assert table.cells[-1][-1] == 17


def test_province_is_the_first_level(cast, many):
    table = cross_table(cast.actor("dara"), many, "province", "outcome")
    assert table.row_labels == ("Area laos-1",)


def test_published_counts_are_open_to_programs_too(client, clients, many):
    path = "/api/v1/accidents/statistics?country=LAO&row=year&column=outcome"
    opened = client.get(path)
    assert opened.status_code == 200
    assert opened.json() == clients["dara"].get(path).json()
    assert client.get("/accidents/statistics/?country=LAO").status_code == 200


def test_few_people_are_hidden_from_strangers(cast, client, many):
    one_old_man(cast)
    publish_due(moment(2026, 1, 1))
    path = "/api/v1/accidents/statistics?country=LAO&row=age_group&column=sex"
    cells = client.get(path).json()["cells"]
    assert cells[2][1] is None


@pytest.mark.parametrize("pair", ["row=disability&column=sex", "row=sex&column=year"])
def test_strangers_get_the_published_tables_only(client, many, pair):
    path = f"/api/v1/accidents/statistics?country=LAO&{pair}"
    assert client.get(path).status_code == 422
    assert client.get("/api/v1/accidents").status_code == 401


def test_without_a_public_role_nothing_is_open(client, many):
    Role.objects.get(code="public").delete()
    path = "/api/v1/accidents/statistics?country=LAO"
    assert client.get(path).status_code == 401


PUBLIC_PATH = "/api/v1/accidents/statistics?country=LAO&row=age_group&column=sex"


def one_more(cast, reference, day=date(2025, 5, 2), people=1, **facts):
    men = tuple(
        victim(n, sex="male", age=33, identity=None) for n in range(1, people + 1)
    )
    approved(cast, "lao", claims(reference, 103.1, 19.4, day, men, **facts))


def one_old_man(cast):
    """Register him, and others enough that something is published again."""
    few = (victim(1, sex="male", age=70, identity=None),)
    approved(cast, "lao", claims("L3", 103.1, 19.4, victims=few))
    one_more(cast, "L4", people=5)


def test_an_approval_does_not_show_before_the_next_fixed_date(cast, client, many):
    before = client.get(PUBLIC_PATH).json()
    assert (before["published_on"], before["cut_off"]) == ("2025-10-01", "2025-09-01")
    live = cross_table(cast.actor("noy"), many, "kind", "outcome")
    one_more(cast, "L8")
    publish_due(moment(2025, 12, 31))
    assert client.get(PUBLIC_PATH).json() == before
    now = cross_table(cast.actor("noy"), many, "kind", "outcome")
    assert now.cells[-1][-1] == live.cells[-1][-1] + 1 and now.published_on is None
    one_more(cast, "L10", people=4)
    publish_due(moment(2026, 1, 1))
    after = client.get(PUBLIC_PATH).json()
    assert after["published_on"] == "2026-01-01" and after["cells"][-1][-1] == 22


def everything(client):
    """Return all that everybody can see of the counts."""
    base = "/api/v1/accidents/statistics?country=LAO"
    asked = [f"{base}&row={row}&column={column}" for row, column in PUBLIC_TABLES]
    return [client.get(path).json() for path in asked]


@pytest.mark.parametrize(("people", "shown"), [(1, 17), (4, 17), (5, 22)])
def test_few_people_wait_until_there_are_enough(cast, client, many, people, shown):
    """Between two publications, one cell of each table would tell of one person."""
    before = everything(client)
    one_more(cast, "L8", people=people)
    publish_due(moment(2026, 1, 1))
    after = everything(client)
    assert after[1]["cells"][-1][-1] == shown
    assert (after == before) is (shown == 17)
    assert after[0]["cut_off"] == ("2025-09-01" if shown == 17 else "2025-12-02")


def test_the_history_holds_no_hidden_number(cast, many):
    """It cannot be taken back, and a table with its small numbers names people."""
    written = Change.objects.filter(verb="statistics.publish").latest("pk").after
    tables = json.loads(written)["tables"].values()
    assert len(tables) == 4 and not any(table["counts"] for table in tables)
    rows = [row for table in tables for row in table["cells"]]
    assert rows and not {1, 2, 3, 4} & {cell for row in rows for cell in row}


def test_who_waited_is_counted_with_those_who_came_later(cast, client, many):
    one_more(cast, "L8", people=3)
    assert not publish_due(moment(2026, 1, 1))
    one_more(cast, "L9", people=2)
    publish_due(moment(2026, 4, 1))
    assert client.get(PUBLIC_PATH).json()["cells"][-1][-1] == 22


def test_one_among_many_does_not_show_either(cast, client, many):
    """Eleven killed boys and one injured woman more: her cell is hidden."""
    one = (victim(1, identity=None),)
    boys = tuple(
        victim(n, sex="male", age=9, outcome="killed", identity=None)
        for n in range(2, 13)
    )
    before = client.get(PUBLIC_PATH).json()["cells"]
    approved(cast, "lao", claims("L8", 103.1, 19.4, victims=(*one, *boys)))
    publish_due(moment(2026, 1, 1))
    after = client.get(PUBLIC_PATH).json()["cells"]
    assert before[1][0] == 10 and after[1][0] is None
    changes = [
        new - old
        for line, former in zip(after, before, strict=True)
        for new, old in zip(line, former, strict=True)
        if new is not None
    ]
    assert all(change == 0 or change >= 5 for change in changes)
    said = Change.objects.filter(verb="statistics.publish").latest("pk").after
    assert "cells" in said and "[[0, 18], [11, 0]]" not in said


@pytest.mark.parametrize(("day", "people"), [((8, 31), 18), ((9, 1), 18), ((9, 2), 17)])
def test_accidents_after_the_cut_off_wait(cast, client, day, people):
    country = cast.countries["laos"]
    women = tuple(victim(n, identity=None) for n in range(1, 18))
    approved(cast, "lao", claims("L1", 103.1, 19.4, victims=women))
    when = date(2025, *day)
    one_more(cast, "L2", when, occurred_on=when)
    publish_due(moment(2025, 10, 1))
    cells = cross_table(cast.actor("dara"), country, "kind", "outcome").cells
    assert cells[-1][-1] == people


def test_a_withdrawal_does_not_show_either(cast, client, many):
    before = client.get(PUBLIC_PATH).json()
    report = AccidentReport.objects.get(reference="L2")
    withdraw_report(report, "A double.", by=cast.actor("noy"))
    assert client.get(PUBLIC_PATH).json() == before
    publish_due(moment(2026, 1, 1))
    assert client.get(PUBLIC_PATH).json()["cells"][-1][-1] == 10


def test_the_installation_alone_publishes_and_once(cast, many):
    for person in ("noy", "dara", "eve"):
        with pytest.raises(NotPermitted):
            publish_counts(many, date(2026, 1, 1), by=cast.actor(person))
    assert publish_due(moment(2026, 1, 1)) and not publish_due(moment(2026, 1, 1))
    assert not publish_due(moment(2025, 12, 31))  # the clock was set back
    assert not publish_due(moment(2025, 9, 30))  # to a date that never was due
    assert Change.objects.filter(verb="statistics.publish").count() == 2
    (late,) = publish_due(moment(2026, 5, 17))
    assert (late.due_on, late.cut_off < late.due_on) == (date(2026, 4, 1), True)


@pytest.mark.parametrize(
    ("day", "due"),
    [((1, 1), (1, 1)), ((3, 31), (1, 1)), ((4, 1), (4, 1)), ((12, 31), (10, 1))],
)
def test_counts_are_due_every_quarter(cast, day, due):
    pack = pack_of(cast.countries["laos"])
    assert due_on(date(2025, *day), pack) == date(2025, *due)


def test_nothing_published_is_said_so(clients, client, cast):
    assert client.get(PUBLIC_PATH).status_code == 404
    assert "published" in client.get(PUBLIC_PATH).json()["detail"]
    page = client.get("/accidents/statistics/?country=LAO").content.decode()
    assert "No counts have been published" in page and ">0<" not in page


def test_a_reader_of_victims_elsewhere_gets_what_is_published(cast, many):
    """A manager of one country may not lay tables of another over each other."""
    country = cast.countries["laos"]
    actor = cast.actor("aysel")
    both = replace(actor, grants=(*actor.grants, *public_actor().grants))
    assert tables_for(both, country) == PUBLIC_TABLES
    assert cross_table(both, country, "age_group", "sex").published_on


def test_a_reader_of_one_operator_s_victims_gets_what_is_published(cast, many):
    """The country's counts less the own ones would tell those of the others."""
    cast.with_role("tina", ("lao", "organisation", "exact", "view"), ["victim"])
    own = cast.actor("tina")
    both = replace(own, grants=(*own.grants, *public_actor().grants))
    assert tables_for(both, many) == PUBLIC_TABLES
    assert cross_table(both, many, "age_group", "sex").published_on


def test_the_unharmed_are_not_counted(cast, client, many):
    """Ten men who stood by would else be a cell of their own."""
    men = tuple(
        victim(n, sex="male", age=33, outcome="unharmed", injuries=(), identity=None)
        for n in range(1, 11)
    )
    approved(cast, "lao", claims("L7", 103.1, 19.4, victims=men))
    publish_due(moment(2026, 1, 1))
    published = client.get(PUBLIC_PATH).json()
    assert published["published_on"] == "2026-01-01"
    assert published["cells"][-1] == [10, 7, 17]
    live = cross_table(cast.actor("noy"), many, "age_group", "sex")
    assert live.cells[-1] == (10, 7, 17)
