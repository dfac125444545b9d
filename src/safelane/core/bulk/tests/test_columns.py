"""Rows inserted by column are rows that Django would have inserted."""

from __future__ import annotations

from uuid import UUID

import pytest
import shapely
from django.db import DatabaseError, connection, transaction

from safelane.core.bulk.columns import Same, insert_columns, new_uids
from safelane.core.bulk.many_values import among
from safelane.core.bulk.sending import sending
from safelane.core.geo import rtree
from safelane.core.geo.errors import InvalidGeometry
from safelane.organisations.models import Country, Place

COUNT = 700  # enough for trees to be filled after the rows
TEXTS = ["a%s", "b\\n", "c\td", "e\nf", "“g”", "ບ້ານ", "it's", "100 %"]


@pytest.fixture
def country(db):
    return Country.objects.create(code="LAO", name="Laos", pack="laos")


def places(country, shapes, **columns):
    count = len(shapes)
    names = [TEXTS[n % len(TEXTS)] for n in range(count)]
    given = {
        "country_id": Same(country.pk, count),
        "code": [f"P{n}" for n in range(count)],
        "name": names,
        "geometry": shapes,
    }
    return insert_columns(Place, given | columns, count)


def test_every_value_arrives_as_it_is(country):
    shapes = [shapely.Point(102 + n / 1000, 18) for n in range(COUNT)]
    keys = places(country, shapes)
    rows = list(Place.objects.order_by("pk"))
    assert [row.pk for row in rows] == keys
    assert [row.name for row in rows] == [TEXTS[n % len(TEXTS)] for n in range(COUNT)]
    assert all(row.geometry.equals(s) for row, s in zip(rows, shapes, strict=True))
    assert {row.country_id for row in rows} == {country.pk}


def test_a_value_that_all_rows_share_is_not_mistaken_for_sql(country):
    for name in ["a%s %% 'x'); --", "\\N", "\t\n"]:
        places(country, [shapely.Point(102, 18)] * 3, name=Same(name, 3))
        assert Place.objects.filter(name=name).count() == 3
        Place.objects.all().delete()


def test_the_tree_holds_all_rows_and_follows_the_next_write(country):
    if connection.vendor != "sqlite":
        pytest.skip("PostGIS has no R*Tree")
    places(country, [shapely.Point(102 + n / 1000, 18) for n in range(COUNT)])
    assert rtree.has_tree(connection, "organisations_place", "geometry")
    box = (102.0995, 17, 102.1995, 19)
    assert Place.objects.filter(geometry__bbox=box).count() == 100
    Place.objects.create(
        country=country, code="X", name="X", geometry=shapely.Point(102.15, 18)
    )
    assert Place.objects.filter(geometry__bbox=box).count() == 101


@pytest.mark.django_db(transaction=True)
def test_a_failure_leaves_the_tree_as_it_was():
    country = Country.objects.create(code="LAO", name="Laos", pack="laos")
    shapes = [shapely.Point(102, 18) for n in range(COUNT)]
    with pytest.raises(RuntimeError), transaction.atomic():
        places(country, shapes)
        raise RuntimeError
    assert not Place.objects.exists()
    if connection.vendor == "sqlite":
        assert rtree.has_tree(connection, "organisations_place", "geometry")


def test_a_geometry_that_may_not_be_stored_is_refused(country):
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(InvalidGeometry):
        places(country, [shapely.Point(1, 1), bow_tie])


def test_many_texts_are_looked_up_at_once(country):
    places(country, [shapely.Point(102, 18)] * 3)
    found = Place.objects.filter(among("code", ["P0", "P2", "P9", "x'--"]))
    assert {row.code for row in found} == {"P0", "P2"}
    assert not Place.objects.filter(among("code", [])).exists()


def test_texts_that_look_like_syntax_are_found_as_they_are(country):
    odd = ['"', "\\", '\\"', "a,b", "{}", "NULL", "", "null", " x ", "a\nb", "%s"]
    points = [shapely.Point(102, 18)] * (len(odd) + 1)
    places(country, points, name=[*odd, "other"])
    found = Place.objects.filter(among("name", odd)).values_list("name", flat=True)
    assert sorted(found) == sorted(odd)


def test_identifiers_are_random_uuids_in_order():
    found = new_uids(100)
    assert found == sorted(set(found))
    assert {UUID(text).version for text in found} == {4}
    assert {UUID(text).variant for text in found} == {"specified in RFC 4122"}


def test_one_value_for_every_row_ends():
    assert list(Same("a", 2)) == ["a", "a"]
    assert list(Same(None, 0)) == []


def test_rows_on_their_way_have_arrived_before_the_next_question(country):
    shapes = [shapely.Point(102 + n / 1000, 18) for n in range(COUNT)]
    with sending():
        places(country, shapes)
        assert Place.objects.count() == COUNT
        places(country, shapes[:3], code=["Q0", "Q1", "Q2"])
    assert Place.objects.count() == COUNT + 3


@pytest.mark.parametrize("asks", [False, True])
def test_rows_that_are_refused_on_their_way_undo_the_others(country, asks):
    point = [shapely.Point(102, 18)]
    with pytest.raises(DatabaseError), transaction.atomic(), sending():  # noqa: PT012
        first = places(country, point)
        places(country, point, code=["Q0"])
        insert_columns(
            Place,
            {"country_id": [country.pk], "code": ["Q1"], "geometry": point},
            1,
            ids=first,
        )
        places(country, point, code=["Q2"])
        if asks:
            Place.objects.count()
    assert not Place.objects.exists()
