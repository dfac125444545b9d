import re
from xml.etree import ElementTree

import pytest
from django.utils import translation
from shapely.geometry import box

from safelane.engines.surveyprior.lattice import to_wgs84
from safelane.engines.surveyprior.tests.toy import EPSG, X0, Y0
from safelane.risk.models import RankedUnit
from safelane.risk.report import Pin, Tile, draw_map, focus_of, report_pdf
from safelane.risk.wording import account_rows, sensitivity_rows

SVG = "{http://www.w3.org/2000/svg}"


def square(column):
    west = X0 + 5_000 * column
    return to_wgs84(box(west, Y0, west + 5_000, Y0 + 5_000), EPSG)


def test_the_map_draws_units_by_class_and_pins():
    tiles = [Tile(square(n), (n + 1) / 4, 1.0 if n < 3 else 0.0) for n in range(4)]
    text = draw_map(tiles, [square(0)], [Pin(105.0, 18.1, "<1>")], EPSG)
    root = ElementTree.fromstring(text)
    fills = [path.get("fill") for path in root.iter(f"{SVG}path")]
    assert fills == ["#f1f3f5", "#f2a65a", "#f9d98c", "#fdf3d0", "none"]
    assert [label.text for label in root.iter(f"{SVG}text")] == ["<1>"]


def test_the_map_can_look_at_the_first_half_only():
    tiles = [Tile(square(n), (n + 1) / 10, 1.0) for n in range(10)]
    west, south, east, north = focus_of(tiles, EPSG)
    assert (west, east) == pytest.approx((X0 - 1_500, X0 + 26_500), abs=5)


def test_the_map_of_a_part_keeps_the_classes_of_the_whole():
    """Ranks 301 to 303 of 1,000 seen by who sees one district only."""
    tiles = [Tile(square(n), (301 + n) / 1_000, 1.0) for n in range(3)]
    root = ElementTree.fromstring(draw_map(tiles, [square(0)], [], EPSG))
    fills = [path.get("fill") for path in root.iter(f"{SVG}path")]
    assert fills == ["#f1f3f5", "#f9d98c", "none"]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "lo", "az"])
def test_the_report_has_two_pages_in_every_pilot_language(prior, actors, language):
    with translation.override(language):
        pdf = report_pdf(prior, actors["noy"])
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "lo", "az"])
def test_long_names_are_set_smaller_on_the_same_two_pages(prior, actors, language):
    long = "Ban Nong Saen Kham Noy below the old bridge " * 3
    RankedUnit.objects.filter(prior=prior).update(name=long)
    with translation.override(language):
        pdf = report_pdf(prior, actors["noy"])
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2


@pytest.mark.django_db
def test_a_line_report_has_two_pages_and_no_account(line_prior, actors):
    assert account_rows(line_prior) == []
    pdf = report_pdf(line_prior, actors["noy"])
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2


@pytest.mark.django_db
def test_the_account_says_what_came_in_and_what_stands(prior):
    rows = {row["label"]: row for row in account_rows(prior)}
    assert rows["Read from the file"]["records"] == "61"
    assert rows["Stand in the result"]["target_months"] == "4"


@pytest.mark.django_db
def test_every_change_has_its_words(prior, line_prior):
    for run in (prior, line_prior):
        for row in sensitivity_rows(run, every=True):
            assert row["change"] and "_" not in row["change"]
