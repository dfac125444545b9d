"""Every admin area can be asked for, also where they are too many for one list."""

import pytest
from django.http import QueryDict

from safelane.hazards.views.register import RegisterFilters
from safelane.organisations import queries
from safelane.organisations.models import AdminArea

pytestmark = pytest.mark.django_db


def offered(actor, asked=""):
    field = RegisterFilters(QueryDict(asked), actor=actor).fields["area"]
    return {int(key) for key, _label in field.choices if key}, field.help_text


def test_many_areas_are_reached_step_by_step(cast, monkeypatch):
    actor = cast.actor("aysel")
    rows = AdminArea.objects.filter(country=cast.countries["azerbaijan"])
    usual = set(rows.filter(level__lte=2).values_list("pk", flat=True))
    assert offered(actor) == (usual, "")
    monkeypatch.setattr(queries, "MOST_AREAS", 1)
    reached, asked = set(), [""]
    while asked:
        found, said = offered(actor, asked.pop())
        assert said == "Show an area to be offered those in it."
        asked += [f"area={key}" for key in found - reached]
        reached |= found
    assert reached == set(rows.values_list("pk", flat=True))
    first, _said = offered(actor)
    assert first == set(rows.filter(level=1).values_list("pk", flat=True)) < reached
