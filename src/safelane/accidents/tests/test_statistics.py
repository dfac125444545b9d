"""Counts for everybody, small ones hidden."""

from datetime import date

import pytest

from safelane.accidents.counts import (
    PUBLIC_TABLES,
    countries_for,
    cross_table,
    tables_for,
)
from safelane.accidents.tests.steps import approved, claims, victim
from safelane.core.errors import InvalidInput, NotPermitted
from safelane.organisations.models import Role

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
    return cast.countries["laos"]


def test_people_are_counted_by_two_features(cast, many):
    table = cross_table(cast.actor("dara"), many, "age_group", "sex")
    assert table.row_labels == ("5 to 11", "18 to 39")
    assert table.column_labels == ("Female", "Male")
    assert table.cells == ((0, 7, 7), (10, 0, 10), (10, 7, 17))


def test_small_cells_are_hidden_from_everybody(cast, many):
    few = (victim(1, sex="male", age=70, identity=None),)
    approved(cast, "lao", claims("L3", 103.1, 19.4, victims=few))
    for person in ("dara", "noy"):
        table = cross_table(cast.actor(person), many, "age_group", "sex")
        assert table.has_hidden
        assert table.cells[2][1] is None  # one man of seventy
        assert all(line.count(None) != 1 for line in table.cells)


def test_donor_gets_the_published_tables_only(cast, many):
    assert tables_for(cast.actor("dara")) == PUBLIC_TABLES
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
    from safelane.accidents.tests.steps import draft

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
    few = (victim(1, sex="male", age=70, identity=None),)
    approved(cast, "lao", claims("L3", 103.1, 19.4, victims=few))
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
