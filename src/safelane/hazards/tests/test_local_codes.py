"""A code that the authority added works wherever codes are read or shown."""

from dataclasses import replace
from datetime import date

import pytest
from django.http import QueryDict

from safelane.core.review.errors import UnknownCode
from safelane.core.review.newrecords import Registration
from safelane.core.ui.templatetags.ui import coded
from safelane.exchange.exports import words_for
from safelane.hazards.actions import register_approved
from safelane.hazards.exchange.tests.conftest import begin, bring_in, feature
from safelane.hazards.models import HazardousArea
from safelane.hazards.tests.conftest import claims, submunition
from safelane.hazards.views.register import RegisterFilters
from safelane.organisations.models import LocalCode
from safelane.organisations.packs import forget_packs, pack_of
from safelane.organisations.testing import add_code

__all__ = ["begin", "bring_in"]


@pytest.fixture
def unsure(field):
    """Add a status to the Lao list."""
    add_code(field.country, "hazard_status", "disputed", "Disputed")
    return field


def legacy(field):
    return Registration(field.operator, field.country, batch="b", reason="Legacy")


@pytest.mark.parametrize("finds", [(), (submunition(),)], ids=["quick", "long"])
def test_a_register_brings_it_in(unsure, finds):
    registration = legacy(unsure)
    row = replace(claims(status="disputed"), evidence=finds)
    register_approved([row], registration, by=unsure.manager)
    assert HazardousArea.objects.get().status == "disputed"
    with pytest.raises(UnknownCode, match="disputed"):
        wrong = replace(row, reference="X", facts=row.facts | {"status": "nonsense"})
        register_approved([wrong], registration, by=unsure.manager)


@pytest.mark.parametrize("first", ["open", "disputed"])
def test_a_row_of_before_the_code_borrows_no_day_of_another(unsure, first):
    rows = [
        claims("XK-1", status=first),
        claims("XK-2", day=date(2019, 12, 31), status="disputed"),
    ]
    with pytest.raises(UnknownCode, match="disputed"):
        register_approved(rows, legacy(unsure), by=unsure.manager)


def test_a_row_is_taken_from_the_codes_first_day(unsure):
    rows = [
        claims("XK-1", day=date(2019, 12, 31)),
        claims("XK-2", day=date(2020, 1, 1), status="disputed"),
    ]
    register_approved(rows, legacy(unsure), by=unsure.manager)
    assert HazardousArea.objects.get(reference="XK-2").status == "disputed"


def test_a_file_names_it_by_its_label(unsure, bring_in):
    bring_in(feature(1, status="Disputed"))
    assert HazardousArea.objects.get().status == "disputed"


def test_pages_and_exports_show_its_label(unsure):
    pack = pack_of(unsure.country)
    assert coded("hazard_status", "disputed", pack) == "Disputed"
    words = words_for({"status": "hazard_status"})
    assert words(unsure.country, {"status": "disputed"}) == {"status": "Disputed"}


def test_the_register_can_be_filtered_by_it(unsure):
    form = RegisterFilters(QueryDict(), actor=unsure.manager)
    assert ("disputed", "Disputed") in list(form.fields["status"].choices)


def test_a_code_of_a_list_that_a_newer_pack_has_no_more_is_left_aside(unsure):
    LocalCode.objects.update(list_name="what_became_of_it")
    forget_packs()
    codes = [code.code for code in pack_of(unsure.country).codes("hazard_status")]
    assert "open" in codes and "disputed" not in codes
