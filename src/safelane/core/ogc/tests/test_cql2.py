import contextlib
from urllib.parse import quote

import pytest
from django.db.models import Q
from hypothesis import given, settings
from hypothesis import strategies as st

from safelane.core.collections.catalogue import Collection, CollectionField
from safelane.core.ogc.cql2.condition import read_filter
from safelane.core.ogc.values import BadParameter, compared
from safelane.core.scope.precision import EXACTLY
from safelane.hazards.testing import register_area

ITEMS = "/ogc/collections/hazardous-areas/items"
ALL = ["AZ-1", "AZ-2", "AZ-3"]
PLAIN = Collection(
    name="plain",
    title="Plain",
    queryset=lambda actor, query: None,
    fields=(
        CollectionField("kind", "string", "Kind", coarse="show"),
        CollectionField("level", "integer", "Level", coarse="show"),
        CollectionField("secret", "string", "Secret", coarse="hide"),
        CollectionField("seen", "date", "Seen", coarse="show"),
        CollectionField("open", "boolean", "Open", coarse="show"),
    ),
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kind = 'cha'", ["AZ-2"]),
        ("'cha' = kind", ["AZ-2"]),
        ("kind <> 'cha'", ["AZ-1", "AZ-3"]),
        ("NOT kind = 'cha'", ["AZ-1", "AZ-3"]),
        ("kind IN ('cha', 'xyz')", ["AZ-2"]),
        ("kind NOT IN ('cha')", ["AZ-1", "AZ-3"]),
        ("reference LIKE 'AZ-%'", ALL),
        ("reference LIKE 'az-_'", []),
        ("CASEI(reference) = CASEI('az-2')", ["AZ-2"]),
        ("reference NOT LIKE '%2'", ["AZ-1", "AZ-3"]),
        ("reference LIKE '.*'", []),
        ("area_m2 > 1", ALL),
        ("area_m2 < 1", []),
        ("1 < area_m2", ALL),
        ("area_m2 BETWEEN 1 AND 10000000", ALL),
        ("area_m2 NOT BETWEEN 1 AND 10000000", []),
        ("depth_cm IS NULL", ALL),
        ("depth_cm IS NOT NULL", []),
        ("priority IS NULL", ALL),
        ("kind = 'cha' OR reference = 'AZ-3'", ["AZ-2", "AZ-3"]),
        ("kind = 'sha' AND NOT (reference = 'AZ-3')", ["AZ-1"]),
        ("last_information >= DATE('2024-05-01')", ALL),
        ("last_information = DATE('2024-05-01')", ALL),
        ("T_AFTER(last_information, DATE('2024-05-01'))", []),
        ("T_BEFORE(last_information, DATE('2025-01-01'))", ALL),
        ("T_DURING(last_information, INTERVAL('2024-01-01', '..'))", ALL),
        ("country = 'AZE'", ALL),
        ("S_INTERSECTS(geometry, BBOX(47, 39, 48, 40))", ALL),
        ("S_WITHIN(geometry, POLYGON((47 39,48 39,48 40,47 40,47 39)))", ALL),
        ("S_CONTAINS(geometry, POINT(47.1240 39.4880))", ALL),
        ("S_INTERSECTS(geometry, POINT(0 0))", []),
        ("NOT S_INTERSECTS(geometry, POINT(0 0))", ALL),
        ("geometry IS NULL", []),
        ("name = 'O''Hara'", []),
        ("kind='cha' OR kind='sha' AND reference='AZ-3'", ["AZ-2", "AZ-3"]),
        ("(kind='cha' OR kind='sha') AND reference='AZ-3'", ["AZ-3"]),
        ("NOT (kind = 'cha' OR reference = 'AZ-3')", ["AZ-1"]),
        ("S_DISJOINT(geometry, POINT(0 0))", ALL),
        ("CASEI(kind) IN (CASEI('CHA'))", ["AZ-2"]),
        ("CASEI(reference) LIKE CASEI('az-_')", ALL),
        ("T_INTERSECTS(last_information, INTERVAL('2024-05-01', '2024-05-01'))", ALL),
        ("updated_at > TIMESTAMP('2020-01-01T00:00:00Z')", ALL),
        ("\"kind\" = 'cha'", ["AZ-2"]),
        ("TRUE AND kind = 'cha'", ["AZ-2"]),
        ("priority <> 'high'", []),  # nobody knows
        ("NOT (priority = 'high')", []),
        ("priority NOT IN ('high')", []),
        ("priority = '' OR priority LIKE '%'", []),
        ("NOT (depth_cm > 3)", []),
        ("NOT (priority = 'high' AND reference = 'AZ-9')", ALL),
        ("NOT (priority = 'high' OR reference = 'AZ-1')", []),
        ("NOT (NOT (reference = 'AZ-1'))", ["AZ-1"]),
        ("NOT (priority IS NULL)", []),
        ("NOT T_INTERSECTS(last_information, INTERVAL('..', '..'))", []),
        ("kind = 'cha' AND FALSE", []),
        ("kind = 'cha' AND NOT TRUE", []),
        ("kind = 'cha' AND NOT FALSE", ["AZ-2"]),
    ],
)
def test_filters_find_their_rows(clients, register, text, found):
    response = clients["aysel"].get(f"{ITEMS}?filter={quote(text)}")
    assert response.status_code == 200, response.content
    features = response.json()["features"]
    assert [f["properties"]["reference"] for f in features] == found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reader", "country", "is_placed"),
    [
        ("noy", "laos", True),
        ("chan", "cambodia", True),  # by its cell
        ("sevda", "azerbaijan", False),  # named by its district alone
    ],
)
def test_a_row_has_a_place_where_one_is_shown(
    clients, cast, reader, country, is_placed
):
    register_area(cast, country, "ONE")
    for text, expected in (
        ("geometry IS NOT NULL", is_placed),
        ("geometry IS NULL", not is_placed),
    ):
        page = clients[reader].get(f"{ITEMS}?filter={quote(text)}").json()
        assert page["numberMatched"] == len(page["features"]) == expected
        for feature in page["features"]:
            assert (feature["geometry"] is not None) is is_placed


@pytest.mark.django_db
@pytest.mark.parametrize("is_listed", [True, False])
def test_many_numbers_are_asked_for_at_once_as_a_coarse_reader_sees_them(
    clients, cast, is_listed
):
    register_area(cast, "cambodia", "KH-9")
    shown = clients["chan"].get(ITEMS).json()["features"][0]["properties"]["area_m2"]
    numbers = [f"{shown:g}"] * is_listed + [str(n) for n in range(1, 1_000)]
    text = f"area_m2 IN ({','.join(numbers)})"
    for asked, count in ((text, is_listed), (f"NOT {text}", not is_listed)):
        answer = clients["chan"].get(f"{ITEMS}?filter={quote(asked)}")
        assert answer.status_code == 200, answer.content
        assert answer.json()["numberMatched"] == count


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("filter=contamination = 'ap_mines, uxo'", ["LA-2"]),
        ("filter=contamination LIKE '%uxo%'", ["LA-2", "LA-3"]),
        ("filter=contamination IN ('uxo')", ["LA-3"]),
        ("filter=contamination IS NULL", ["LA-1"]),
        ("filter=contamination <> 'uxo'", ["LA-2"]),
        ("filter=NOT (contamination = 'uxo')", ["LA-2"]),
        ("contamination=uxo", ["LA-3"]),
    ],
)
def test_lists_of_codes_are_filtered_as_they_are_shown(clients, cast, query, found):
    codes = {"LA-1": [], "LA-2": ["ap_mines", "uxo"], "LA-3": ["uxo"]}
    for reference, listed in codes.items():
        register_area(cast, "laos", reference, contamination=listed)
    name, _sign, value = query.partition("=")
    page = clients["noy"].get(f"{ITEMS}?{name}={quote(value)}").json()
    assert [f["properties"]["reference"] for f in page["features"]] == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kind",
        "kind = ",
        "kind = 3",
        "level = 'x'",
        "level = 1.5",
        "colour = 'red'",
        "kind = kind",
        "level + 1 = 2",
        "S_INTERSECTS(kind, POINT(0 0))",
        "S_INTERSECTS(geometry, POINT(500 0))",
        "S_CROSSES(geometry, POINT(0 0))",
        "S_INTERSECTS(geometry, POLYGON((0 0,1 1,1 0,0 1,0 0)))",
        "seen = 'soon'",
        "level LIKE 'a%'",
        "kind LIKE '%a%b%c%d%e%f%g%'",
        "kind = 'a' kind = 'b'",
        "(kind = 'a'",
        "T_DURING(seen, DATE('2020-01-01'))",
        "T_AFTER(kind, DATE('2020-01-01'))",
        "seen > DATE('2020-13-01')",
        "CASEI(kind) < CASEI('x')",
        "CASEI(level) = 1",
        "CASEI(seen) = DATE('2020-01-01')",
        "level IN (CASEI('1'))",
        "kind = 'a' " + "AND kind = 'a' " * 400,
        "NOT " * 900 + "kind = 'a'",
        "1 = 1",
    ],
)
def test_unusable_filters_are_refused(text):
    with pytest.raises(BadParameter):
        read_filter(text, PLAIN, exact=True)


def test_hidden_properties_need_exact_rows():
    open_to_all = read_filter("kind = 'cha'", PLAIN, exact=False)
    assert "precision" not in str(open_to_all)
    hidden = read_filter("secret = 'x' OR kind = 'cha'", PLAIN, exact=False)
    assert "('precision', 0)" in str(hidden)
    assert "precision" not in str(read_filter("secret = 'x'", PLAIN, exact=True))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(BadParameter):
        read_filter(text, PLAIN, exact=True)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "kind",
                "level",
                "geometry",
                "=",
                "<",
                "AND",
                "NOT",
                "(",
                ")",
                "'a'",
                "1",
                "IN",
                "LIKE",
                "BETWEEN",
                "IS",
                "NULL",
                "S_INTERSECTS",
                "POINT(0 0)",
                ",",
                "T_AFTER",
                "DATE('2020-01-01')",
                "CASEI",
                "open",
                "TRUE",
                "INTERVAL",
                "+",
            ]
        ),
        max_size=12,
    )
)
def test_any_row_of_tokens_is_read_or_refused(tokens):
    with contextlib.suppress(BadParameter):
        read_filter(" ".join(tokens), PLAIN, exact=True)


def test_what_is_hidden_on_a_row_is_as_if_it_had_no_value():
    hidden = CollectionField("name", "string", "Name")
    nothing = Q(name__isnull=True)
    assert compared(hidden, "isnull", True, exact=True) == nothing
    assert compared(hidden, "isnull", True, exact=False) == nothing | ~EXACTLY
    assert compared(hidden, "isnull", False, exact=False) == (
        Q(name__isnull=False) & EXACTLY
    )
