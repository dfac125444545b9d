"""Configuration of a map element: basemap, words and symbols for ``map.js``.

All words come from here, through gettext, so that the script holds none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from safelane.core.domain import house
from safelane.core.ui.basemap import found_basemap


def drawing_help() -> list[str]:
    """Return how a shape is drawn and mended, line by line."""
    return [
        _("Click the corners one by one; click the first corner to close."),
        _("Undo or Ctrl+Z takes the last corner or change back."),
        _("Move corners: choose the shape, then drag a corner, or a half-way point."),
        _("Take corners away: click a corner. Delete removes the chosen shape."),
        _("Esc gives up the shape being drawn."),
        _("By keyboard: choose typed coordinates instead."),
    ]


def words() -> dict[str, Any]:
    """Return everything that the map says, in the reader's language."""
    return {
        "map": _("Map"),
        "legend": _("Legend"),
        "open": _("Open"),
        "close": _("Close"),
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "north": _("Turn the map to north"),
        "locate": _("Show where I am"),
        "fullScreen": _("Full screen"),
        "fault": _("Fault in the geometry"),
        "cell": _("Cell of 1 km: the place lies somewhere in it"),
        "drawPolygon": _("Draw an area"),
        "drawPoint": _("Set a point"),
        "drawLine": _("Draw a line"),
        "edit": _("Move corners"),
        "undo": _("Undo"),
        "removeCorner": _("Take corners away"),
        "help": _("Help"),
        "drawHelp": drawing_help(),
        "clear": _("Start again"),
        "unfinished": _(
            "A shape on the map is not closed yet: click its first corner again, or "
            "give it up with Esc. Nothing is saved until then."
        ),
        "drawHint": _("Click the corners one by one; click the first corner to close."),
        "noWebgl": _("This browser cannot draw the map. The list holds the same data."),
        "loadFault": _("A map layer could not be loaded: %(layer)s"),
        "coordinates": _("Coordinates at the pointer"),
        "baseCredit": _("Made with Natural Earth. Borders are not an endorsement."),
        "area": _("Area drawn"),
        "outside": _("outside UTM"),
    } | {key: str(text) for key, text in house().map_words.items()}


def basemap() -> dict[str, str]:
    """Return the basemap file, else the configured raster tiles, else nothing.

    The borders that lie in the package are always there.
    """
    if (found := found_basemap()) is not None:
        return {
            "pmtiles": f"{reverse('basemap')}?v={found.tag}",
            "kind": found.kind,
            "credit": found.credit,
            "script": static("vendor/pmtiles/pmtiles.js"),
        }
    url = getattr(settings, "MAP_TILE_URL", "")
    if not url:
        return {}
    return {"url": url, "credit": getattr(settings, "MAP_TILE_ATTRIBUTION", "")}


def config(
    *,
    layers: Sequence[Mapping[str, Any]] = (),
    bounds: Sequence[float] | None = None,
    query: str = "",
    draw: str = "",
    field: str = "",
    start: str | None = None,
    faults: Sequence[Mapping[str, Any]] = (),
    sync: str = "",
    filter_bbox: bool = False,
) -> dict[str, Any]:
    """Return what ``map.js`` needs for one map.

    Args:
        layers: Each ``{"kind", "url" | "tiles" | "data", "credit"?}``. ``kind`` is a
            family of symbols of ``map/symbols.js`` that a part declares. Layers with
            ``classes`` say per class: key, label, colour, pattern, letter. ``rough``
            is "all" where every shape is a 1 km cell, "some" where some may be.
        bounds: West, south, east, north in degrees; None shows the world.
        query: Filters appended to every tile address, without "?".
        draw: "" or the mode to start in: polygon, point, line.
        field: Id of the form field that takes the drawn GeoJSON.
        start: What the drawing begins with while the field is empty, as GeoJSON; until
            it is changed the field stays empty.
        faults: Points at which a geometry is wrong: ``{"lon", "lat", "message"}``.
        sync: CSS selector of the table whose rows (``data-uid``) follow the map.
        filter_bbox: Write the map's bounds into the filter form's ``bbox`` field.

    Raises:
        ValueError: No part declares the kind of a layer.
    """
    unknown = {layer["kind"] for layer in layers} - house().map_kinds.keys()
    if unknown:
        raise ValueError(f"no part declares the map kind {sorted(unknown)}")
    return {
        "layers": [dict(layer) for layer in layers],
        "bounds": list(bounds) if bounds else None,
        "query": query,
        "draw": draw,
        "field": field,
        "start": start or "",
        "faults": [dict(fault) for fault in faults],
        "sync": sync,
        "filterBbox": filter_bbox,
        "base": static("vendor/world-atlas/countries.json"),
        "basemap": basemap(),
        "words": words(),
        "locale": get_language() or "en",
    }
