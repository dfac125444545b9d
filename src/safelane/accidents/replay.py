"""What the audit compares of accidents beside their reports: the nearest place."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from safelane.accidents.models import Accident
from safelane.core.history.state import Difference, batches, label_of, unchecked
from safelane.organisations.queries import nearest_place
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
    found = None
    if row.geometry is not None:
        found = nearest_place(row.country, row.geometry)
    place, metres, bearing = found or (None, None, None)
    if metres is None or bearing is None or place is None:
        held = (row.nearest_place_id, row.nearest_place_m, row.nearest_place_bearing)
        return held == (None, None, None)
    return (
        row.nearest_place_id == place.pk
        and abs((row.nearest_place_m or 0) - metres) < NEAR_M
        and abs((row.nearest_place_bearing or 0) - bearing) < NEAR_M
    )
