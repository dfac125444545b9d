"""The search finds areas by the names of their places, in any language."""

from __future__ import annotations

from typing import Any

import pytest

from safelane.hazards.testing import area_at, register_area
from safelane.organisations.models import AdminArea

DISTRICT, VILLAGE = "ຊຽງຂວາງ", "ບ້ານນາ"


@pytest.fixture
def named(cast: Any) -> Any:
    """Return an area whose district and village have names in Lao."""
    row = register_area(cast, "azerbaijan", "A-1", geometry=area_at("azerbaijan", 0.01))
    village = row.admin_area
    AdminArea.objects.filter(pk=village.pk).update(names={"lo": VILLAGE})
    above = AdminArea.objects.filter(pk=village.parent_id)
    above.update(names={"lo": DISTRICT, "az": "Ağcabədi"})
    register_area(cast, "laos", "L-1")
    return row


@pytest.mark.parametrize("then", ["", "&as_of=2025-01-01"])
@pytest.mark.parametrize(
    ("person", "words", "found"),
    [
        ("aysel", DISTRICT, True),
        ("aysel", VILLAGE, True),
        ("aysel", "ağca", True),
        ("aysel", "ຊຽງໃໝ່", False),
        ("rena", DISTRICT, True),  # 1 km cells: the district, never the village
        ("rena", VILLAGE, False),
        ("sevda", DISTRICT, True),
        ("sevda", VILLAGE, False),
    ],
)
def test_a_place_is_found_as_far_as_it_is_shown(
    named: Any, clients: Any, person: str, words: str, found: bool, then: str
) -> None:
    shown = clients[person].get(f"/hazards/?q={words}{then}").context["rows"]
    assert [row.reference for row in shown] == ["A-1"] * found
