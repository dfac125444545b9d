"""What stands beside an area is shown only with the area itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from safelane.core.filters.reading import Moment
from safelane.core.scope import Actor, Grant, Precision, system_actor
from safelane.exchange.kinds import export_kind
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import HazardousArea, HazardPeriod
from safelane.hazards.queries import boxes_of, known_days
from safelane.hazards.testing import register_area
from safelane.hazards.views.record import _overlaps
from safelane.organisations.models import AdminArea

pytestmark = pytest.mark.django_db
EVERYBODY = system_actor()


def shown(row: HazardousArea, level: Precision) -> Any:
    """Return a row as a reader of this precision has it."""
    row.precision = level  # type: ignore[attr-defined]
    return row


def test_no_box_is_listed_where_the_area_is_a_cell(cast: Any) -> None:
    area = register_area(cast, "laos", "LA-1")
    assert boxes_of(shown(area, Precision.EXACT), EVERYBODY).exists()
    assert not boxes_of(shown(area, Precision.CELL), EVERYBODY).exists()


def test_no_overlap_is_shown_where_the_area_is_a_cell(cast: Any) -> None:
    area = register_area(cast, "laos", "LA-1")
    register_area(cast, "laos", "LA-2")
    assert _overlaps(shown(area, Precision.EXACT), EVERYBODY, Moment())
    assert _overlaps(shown(area, Precision.CELL), EVERYBODY, Moment()) == []


def test_the_slider_stops_at_no_day_that_was_learned_later(cast: Any) -> None:
    area = register_area(cast, "laos", "LA-1")
    learned = timezone.make_aware(datetime(2025, 1, 1))
    period = HazardPeriod.objects.get(hazard=area)
    HazardPeriod.objects.update(known_from=learned)
    period.pk, period.valid_from = None, date(2024, 9, 1)
    period.known_from = timezone.make_aware(datetime(2026, 1, 1))
    period.save()
    assert len(known_days(area, EVERYBODY)) == 2
    then = Moment(None, timezone.make_aware(datetime(2025, 6, 1)))
    assert known_days(area, EVERYBODY, then) == [date(2024, 5, 1)]


def exported(actor: Actor, **asked: Any) -> int:
    rows = export_kind("evidence").rows(actor, HazardFilter.parse(asked))
    return int(rows.count())


def test_finds_leave_by_organisation_and_never_by_a_village_seen_roughly(
    cast: Any,
) -> None:
    register_area(cast, "laos", "LA-1")
    register_area(cast, "laos", "LA-2", owner="laa")
    assert exported(EVERYBODY) == 2
    home = cast.organisations["laa"].pk
    assert exported(EVERYBODY, organisation=home) == 1
    village = HazardousArea.objects.first().admin_area
    assert village.level == 3 and exported(EVERYBODY, area=village.pk) == 2
    grant = Grant(
        frozenset({"evidence.view", "evidence.export", "hazard.view"}),
        "country",
        None,
        cast.countries["laos"].pk,
        precision=(("hazard", Precision.CELL), ("evidence", Precision.CELL)),
    )
    reader = Actor(kind="person", user_id=1, name="Reader", grants=(grant,))
    assert exported(reader) == 2
    assert exported(reader, area=village.pk) == 0
    district = AdminArea.objects.get(pk=village.parent_id)
    assert exported(reader, area=district.pk) in (0, 2)
