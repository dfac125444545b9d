"""A code that the authority added works in accidents and their counts."""

import pytest

from safelane.accidents.counts import cross_table
from safelane.accidents.pages import line
from safelane.accidents.queries import accidents
from safelane.accidents.tests.steps import approved, claims, victim
from safelane.core.review.errors import LooseFact
from safelane.organisations.testing import add_code

pytestmark = pytest.mark.django_db


def test_a_local_kind_is_taken_and_shown(cast, clients):
    add_code(cast.countries["laos"], "accident_kind", "scrap_yard", "Scrap yard")
    approved(cast, "lao", claims("L1", 103.1, 19.4, kind="scrap_yard"))
    (row,) = accidents(cast.actor("noy"))
    assert line(row).kind == "Scrap yard"
    page = clients["noy"].get("/accidents/")
    offered = page.context["form"].fields["kind"].choices
    assert ("scrap_yard", "Scrap yard") in offered


def test_a_local_activity_is_counted_under_its_label(cast):
    laos = cast.countries["laos"]
    add_code(laos, "activity", "selling_scrap", "Selling scrap")
    people = tuple(
        victim(n, activity="selling_scrap", identity=None) for n in range(1, 11)
    )
    approved(cast, "lao", claims("L1", 103.1, 19.4, victims=people))
    table = cross_table(cast.actor("noy"), laos, "activity", "sex")
    assert table.row_labels == ("Selling scrap",)


def test_coordinates_as_typed_need_their_position(cast):
    said = claims("L1", 103.1, 19.4, position_text="19.4, 103.1")
    del said.facts["geometry"]
    with pytest.raises(LooseFact, match="without"):
        approved(cast, "lao", said)
