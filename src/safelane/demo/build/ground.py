"""Countries, admin areas, places."""

from __future__ import annotations

from safelane.demo.build.workspace import PACKS, Workspace
from safelane.demo.world.ground.outlines import SOURCE
from safelane.demo.world.kinds import Area, Place
from safelane.organisations.actions import (
    create_country,
    import_admin_areas,
    import_places,
)
from safelane.organisations.inputs import AreaRow, PlaceRow
from safelane.organisations.models import AdminArea
from safelane.organisations.models import Place as SavedPlace

LOCAL = {"LA": "lo", "AZ": "az"}


def build_ground(workspace: Workspace) -> None:
    """Create both countries with their areas and places."""
    world, by = workspace.world, workspace.by
    areas, places = list(world.areas()), list(world.places())
    title = "Countries, districts, villages"
    for code, pack in workspace.shown(title, list(PACKS.items())):
        country = create_country(pack, by=by)
        area_rows = [area_row(area) for area in areas if area.country == code]
        if AdminArea.objects.filter(country=country).count() < len(area_rows):
            import_admin_areas(area_rows, country=country, source=SOURCE, by=by)
        place_rows = [place_row(place) for place in places if place.country == code]
        if SavedPlace.objects.filter(country=country).count() < len(place_rows):
            import_places(place_rows, country=country, source=SOURCE, by=by)


def area_row(area: Area) -> AreaRow:
    return AreaRow(
        level=area.level,
        code=area.key,
        name=area.name,
        geometry=area.geometry,
        parent_code=area.parent or None,
        names={LOCAL[area.country]: area.local_name},
    )


def place_row(place: Place) -> PlaceRow:
    return PlaceRow(
        code=place.key,
        name=place.name,
        lon=place.geometry.x,
        lat=place.geometry.y,
        population=place.population,
        kind=place.kind,
        names={LOCAL[place.country]: place.local_name},
    )
