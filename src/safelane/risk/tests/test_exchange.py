import csv
import json
from io import StringIO

import pytest

from safelane.core.history.models import Change
from safelane.risk.exchange import csv_lines, geojson_parts
from safelane.risk.wording import statement

pytestmark = pytest.mark.django_db


def rows_of(prior, units=None):
    text = "".join(csv_lines(prior, units or prior.ranked.all()))
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def test_every_row_carries_the_statement_and_its_reasons(prior):
    rows = rows_of(prior)
    assert len(rows) == 2 + 3 + 8
    assert {row["read_this"] for row in rows} == {statement()}
    first = next(r for r in rows if r["level"] == "unit" and r["rank"] == "1")
    assert first["code"] == "TY-48N-0500-2000"
    assert float(first["target_months"]) == 3
    assert "bombing target-months" in first["why"]


def test_a_name_that_is_a_formula_stays_a_text(prior):
    unit = prior.ranked.first()
    unit.name = "=1+1"
    assert rows_of(prior, [unit])[0]["name"] == "'=1+1"


def test_geojson_is_a_feature_collection_with_the_statement(prior):
    layer = json.loads("".join(geojson_parts(prior, prior.ranked.filter(level="unit"))))
    assert layer["read_this"] == statement() and len(layer["features"]) == 8
    feature = layer["features"][0]
    assert feature["geometry"]["type"] == "Polygon"
    assert feature["properties"]["read_this"] == statement()


def test_an_empty_layer_is_still_valid(prior):
    assert json.loads("".join(geojson_parts(prior, [])))["features"] == []


@pytest.mark.parametrize(
    "form, kind",
    [
        ("csv", "text/csv"),
        ("geojson", "application/geo+json"),
        ("pdf", "application/pdf"),
    ],
)
def test_files_are_handed_out_and_noted(prior, clients, form, kind):
    answer = clients["noy"].get(f"/priorities/{prior.uid}/survey-first.{form}")
    assert answer.status_code == 200 and answer["Content-Type"].startswith(kind)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert len(body) > 1000
    assert Change.objects.filter(verb="prior.export").count() == 1


def test_one_level_can_be_taken_alone(prior, clients):
    answer = clients["noy"].get(
        f"/priorities/{prior.uid}/survey-first.csv?level=district"
    )
    assert len(b"".join(answer.streaming_content).decode().splitlines()) == 3
