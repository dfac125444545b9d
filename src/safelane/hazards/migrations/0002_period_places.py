"""Give every period the admin area of its own outline, not of the area's latest one."""

from collections import defaultdict

import numpy as np
import shapely
from django.db import migrations

CHUNK = 2_000


def place_periods(apps, schema_editor):
    """Go through all periods once, a few thousand at a time."""
    alias = schema_editor.connection.alias
    periods = apps.get_model("hazards", "HazardPeriod").objects.using(alias)
    finders = {}
    last = 0
    while True:
        rows = periods.filter(pk__gt=last).order_by("pk").select_related("hazard")
        rows = list(rows.defer("hazard__geometry", "extra")[:CHUNK])
        if not rows:
            return
        last = rows[-1].pk
        _place(apps, alias, rows, finders)


def _place(apps, alias, rows, finders):
    moved = defaultdict(list)
    by_country = defaultdict(list)
    for row in rows:
        if row.geometry is None:
            _moves(row, _last_place(apps, alias, row), moved)
        else:
            by_country[row.hazard.country_id].append(row)
    for country, placed in by_country.items():
        if country not in finders:
            finders[country] = _finder(apps, alias, country)
        for row, found in zip(placed, _found(finders[country], placed), strict=True):
            _moves(row, found, moved)
    periods = apps.get_model("hazards", "HazardPeriod").objects.using(alias)
    for place, keys in moved.items():
        periods.filter(pk__in=keys).update(admin_area_id=place)


def _moves(row, place, moved):
    if row.admin_area_id != place:
        moved[place].append(row.pk)


def _finder(apps, alias, country):
    areas = apps.get_model("organisations", "AdminArea").objects.using(alias)
    rows = areas.filter(country_id=country, geometry__isnull=False)
    rows = list(rows.order_by("level", "-pk").values_list("pk", "geometry"))
    return [pk for pk, _shape in rows], shapely.STRtree([shape for _pk, shape in rows])


def _found(finder, rows):
    keys, tree = finder
    points = shapely.point_on_surface(np.array([r.geometry for r in rows], object))
    found = [None] * len(rows)
    if keys:
        indices, areas = tree.query(points, predicate="intersects")
        order = np.argsort(areas, kind="stable")  # the deepest comes last and stays
        for index, area in zip(indices[order], areas[order], strict=True):
            found[index] = keys[area]
    return found


def _last_place(apps, alias, row):
    """Return the place of the newest report then known, up to the period's start."""
    reports = apps.get_model("hazards", "HazardReport").objects.using(alias)
    known = reports.filter(
        hazard_id=row.hazard_id,
        date_of_information__lte=row.valid_from,
        approved_at__lte=row.known_from,
        admin_area__isnull=False,
    ).exclude(withdrawn_at__lte=row.known_from)
    newest = known.order_by("-date_of_information", "approved_at", "pk").first()
    return None if newest is None else newest.admin_area_id


class Migration(migrations.Migration):
    dependencies = [("hazards", "0001_initial")]

    operations = [migrations.RunPython(place_periods, migrations.RunPython.noop)]
