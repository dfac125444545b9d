"""Template tags of the hazards pages."""

from __future__ import annotations

from typing import Any

from django import template

from safelane.core.review import stages
from safelane.core.scope.precision import own_area
from safelane.countries import CountryPack
from safelane.hazards import display, maps

register = template.Library()


@register.inclusion_tag("ui/parts/badge.html")
def mark(shown: display.Mark) -> dict[str, str]:
    """Show a coded value as a badge."""
    return {"label": shown.label, "tone": shown.tone, "icon_name": shown.icon}


@register.inclusion_tag("ui/parts/badge.html")
def stage(code: str) -> dict[str, str]:
    """Show the stage of a report as a badge."""
    tone, icon = stages.TONES.get(code, display.PLAIN)
    return mark(display.Mark(str(stages.LABELS.get(code, code)), tone, icon))


@register.filter
def own_place(report: Any) -> Any:
    """Return the admin area of a report of ``with_record``, where it may be named."""
    return own_area(report, "hazard")


@register.inclusion_tag("hazards/parts/box_sign.html")
def box_sign(result: str, pack: CountryPack) -> dict[str, str]:
    """Draw the sign of a box's result: its colour with its letter."""
    code = pack.code_of(maps.BOX_LIST, result)
    return maps.BOX_LOOK | (dict(code.data) if code else {})


@register.simple_tag
def record_layers(*parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the layers of a record's map: the area, its boxes, its finds on top."""
    return [layer for part in parts for layer in part]
