"""What the audit compares of accidents beside their reports: the nearest place."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from safelane.accidents.actions import nearest_of
from safelane.accidents.models import Accident
from safelane.core.history.state import Difference, batches, label_of, unchecked
from safelane.organisations.review import imported_on

NEAR_M = 0.001


def nearest_differences() -> Iterator[Difference]:
    """Yield accidents beside which another place is named than the nearest one."""
    since = imported_on("places")
    rows = Accident._base_manager.select_related("country").order_by("pk")
    for some in batches(rows):
        for row in some:
            if row.country_id in since and row.updated_at <= since[row.country_id]:
                why = _("nearest place, as places were imported since")
                yield unchecked(Accident, why)
            elif not _is_nearest(row):
                text = _("%(label)s names a nearest place that is not the nearest.")
                said = text % {"label": label_of(row)}
                yield Difference("altered", "accidents.accident", str(row.uid), said)


def _is_nearest(row: Accident) -> bool:
    place, *found = nearest_of(row)
    held = (row.nearest_place_m, row.nearest_place_bearing)
    return row.nearest_place_id == (place and place.pk) and all(
        one is other is None or abs((one or 0) - (other or 0)) < NEAR_M
        for one, other in zip(held, found, strict=True)
    )
