"""Template tags that every page may use (a builtin library: no ``{% load %}``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.http import QueryDict
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from safelane.core.facts.fact import Pack
from safelane.core.facts.words import area_text
from safelane.core.ui import mapping
from safelane.core.ui.reach import (
    PLACELESS,
    Emptiness,
    emptiness_of,
    levels_of,
    place_notes,
)

register = template.Library()
register.filter("square_metres", area_text)


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Return one icon of the sprite; decorative, so hidden from screen readers."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        css,
        static("vendor/tabler-icons/sprite.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """Return ``?…`` of this page with ``changes``; None or "" removes a key."""
    current: QueryDict = context["request"].GET.copy()
    for key, value in changes.items():
        if value in (None, ""):
            current.pop(key, None)
        else:
            current[key] = str(value)
    text = current.urlencode()
    return f"?{text}" if text else "?"


@register.simple_tag(takes_context=True)
def may(context: Context, verb: str) -> bool:
    """Say whether the actor may do ``verb`` (``"job.view"``) on some row."""
    return bool(context["actor"].may(verb))


@register.simple_tag
def map_config(**options: Any) -> str:
    """Return JSON for a map element's ``data-map`` attribute.

    Options: see :func:`safelane.core.ui.mapping.config`.
    """
    return json.dumps(mapping.config(**options), ensure_ascii=False)


@register.filter
def item(values: Mapping[Any, Any] | None, key: Any) -> Any:
    """Return ``values[key]`` or None: a dictionary read by a variable key."""
    return None if values is None else values.get(key)


@register.inclusion_tag("ui/parts/turning.html", takes_context=True)
def turning(context: Context, page: Any, total: int | None = None) -> dict[str, Any]:
    """Show the ways to the pages beside a slice, keeping the other query parameters.

    Args:
        total: How many rows the list has, where that is known already.
    """
    return {"request": context["request"], "page": page, "total": total}


@register.inclusion_tag("ui/parts/empty.html")
def empty(
    icon_name: str,
    title: str,
    text: str,
    url: str = "",
    action: str = "",
    action_icon: str = "plus",
) -> dict[str, str]:
    """Show an empty state: what would be here and what to do first."""
    return {
        "icon_name": icon_name,
        "title": title,
        "text": text,
        "url": url,
        "action": action,
        "action_icon": action_icon,
    }


@register.inclusion_tag("pages/parts/emptiness.html", takes_context=True)
def nothing(
    context: Context, rows: Any, icon_name: str, title: str, text: str
) -> dict[str, Any]:
    """Say why a list is empty, as far as its reader may know: ``reach.emptiness_of``.

    Args:
        rows: Of ``visible_to``, or a page of them.
    """
    why = emptiness_of(context["actor"], rows, context["request"].GET)
    return {"emptiness": why, "nothing": Emptiness(title, text, icon_name)}


@register.simple_tag(takes_context=True)
def within_reach(context: Context, rows: Any, none: str) -> str:
    """Return ``none`` for those who see all of ``rows``, neutral words for others."""
    is_part = emptiness_of(context["actor"], rows, {}) == "reach"
    return str(Emptiness("", "").within) if is_part else none


@register.inclusion_tag("ui/parts/place_notes.html", takes_context=True)
def place_words(context: Context, shown: Any) -> dict[str, Any]:
    """Say under a map, or above a list, which places its reader sees roughly or not.

    Args:
        shown: One row of ``visible_to``, or a page of them.
    """
    return {"notes": place_notes(levels_of(context["actor"], shown))}


@register.inclusion_tag("ui/parts/box_note.html", takes_context=True)
def box_note(context: Context, rows: Any) -> dict[str, Any]:
    """Say that the extent of a map finds nothing without a position, if it is asked."""
    levels = levels_of(context["actor"], rows)
    return {"is_said": bool(context["request"].GET.get("bbox") and levels & PLACELESS)}


@register.simple_tag(takes_context=True)
def has_places(context: Context, rows: Any) -> bool:
    """Say whether the reader is shown where some of the rows lie."""
    return bool(levels_of(context["actor"], rows) - PLACELESS)


@register.inclusion_tag("ui/parts/badge.html")
def badge(label: str, tone: str = "secondary", icon_name: str = "") -> dict[str, str]:
    """Show a badge whose meaning is in its words and icon, not in colour alone."""
    return {"label": label, "tone": tone, "icon_name": icon_name}


@register.simple_tag
def sort_heading(
    field: str, label: str, current: str, query_string: str
) -> dict[str, str]:
    """Return label, ``aria-sort`` and address of a sortable table heading."""
    descending = current == f"-{field}"
    is_sorted = current.lstrip("-") == field
    target = QueryDict(query_string, mutable=True)
    for place in ("page", "after", "before"):
        target.pop(place, None)
    target["sort"] = field if not is_sorted or descending else f"-{field}"
    state = "descending" if descending else "ascending"
    return {
        "label": label,
        "url": f"?{target.urlencode()}",
        "aria": state if is_sorted else "none",
    }


@register.simple_tag
def interface_words() -> str:
    """Return JSON of what ``ui.js`` says, for ``data-words`` on the body."""
    words = {"close": _("Close"), "failed": _("The server did not answer. Try again.")}
    return conditional_escape(json.dumps(words, ensure_ascii=False))


@register.simple_tag
def coded(list_name: str, code: str, pack: Pack) -> str:
    """Return the label of a code in a list of a country's pack."""
    return pack.label(list_name, code) if code else ""


@register.filter
def percent(share: float | None) -> str:
    """Return a share (0 to 1) in per cent, with one digit."""
    number = "" if share is None else f"{share * 100:.1f}"
    return _("%(number)s %%") % {"number": number} if number else ""


@register.simple_tag
def coordinates(geometry: Any) -> str:
    """Return a point as decimal degrees, latitude first."""
    return "" if geometry is None else f"{geometry.y:.6f}, {geometry.x:.6f}"


@register.filter
def as_json(values: Any) -> str:
    """Return plain values as JSON, for a data attribute."""
    return json.dumps(values, ensure_ascii=False)
