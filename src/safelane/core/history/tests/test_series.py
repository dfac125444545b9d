"""Changes appended column by column are those appended one by one."""

from __future__ import annotations

from datetime import date
from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelane.core.bulk.columns import Same
from safelane.core.history.actions import (
    UNSAID,
    Entry,
    canonical_rows,
    record_all,
    record_series,
)
from safelane.core.history.chain import HASHED_FIELDS, canonical_json, verify
from safelane.core.history.models import Change
from safelane.core.scope import system_actor

values = st.one_of(
    st.text(),
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
    st.just(UNSAID),
)
names = st.text(min_size=1, max_size=8)


@given(st.lists(st.dictionaries(names, values, max_size=5), max_size=5))
def test_texts_put_together_by_column_are_canonical(rows):
    every = sorted({name for row in rows for name in row}) or ["a"]
    columns = {name: [row.get(name, UNSAID) for row in rows] for name in every}
    wanted = [
        canonical_json({n: v for n, v in row.items() if v is not UNSAID})
        for row in rows
    ]
    assert canonical_rows(columns) == wanted


def test_a_value_that_all_rows_share_is_said_in_each():
    rows = canonical_rows({"b": Same("x", 2), "a": [date(2024, 1, 2), 1.5]})
    assert rows == ['{"a":"2024-01-02","b":"x"}', '{"a":1.5,"b":"x"}']


@pytest.mark.django_db
def test_a_series_makes_the_links_that_single_changes_make():
    by = system_actor("tests “quoted”\n")
    facts = [{"name": "ບ້ານ\\ \t", "n": n, "on": date(2024, 1, 2)} for n in range(3)]
    verb, kind = "hazard_report.register", "hazard_report"
    series = Entry(7, verb, kind, reason="why\n", source="import")
    columns = {name: [row[name] for row in facts] for name in facts[0]}
    keys, labels = ["a", "b", "c"], ["A", "B\t", "“C”"]
    record_series(series, keys, labels, canonical_rows(columns), by=by)
    record_all(
        [
            Entry(
                8, series.verb, series.object_type, key, label, None, row,
                reason=series.reason, source=series.source,
            )
            for key, label, row in zip_longest(keys, labels, facts)
        ],
        by=by,
    )  # fmt: skip
    many, single = (
        [
            {name: getattr(c, name) for name in HASHED_FIELDS if name[:3] != "org"}
            for c in Change.objects.filter(organisation_id=chain).order_by("seq")
        ]
        for chain in (7, 8)
    )
    assert many == single
    assert verify().holds
