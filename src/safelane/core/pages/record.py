"""The record page: what it is, what is known, what can be done now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from safelane.core.pages.columns import shown_value
from safelane.core.pages.shared import Action, Text, Trail, frame
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of

CHART_WIDTH = 400.0


@dataclass(frozen=True, slots=True)
class Chart:
    """Numbers as bars, with the table beside: label and value of each."""

    title: Text
    rows: Sequence[tuple[Text, float]]
    unit: Text = ""

    @property
    def bars(self) -> list[tuple[Text, str, float]]:
        """Return label, shown value and length of each bar."""
        most = max((value for _label, value in self.rows), default=0) or 1
        return [
            (label, shown_value(value), round(CHART_WIDTH * value / most, 1))
            for label, value in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a record page.

    Args:
        facts: Label and value; a value that is empty is a dash.
        template: Shows more, with the page's context.
        verb: What the actor must be allowed; others read that the section is not open
            to their role, never that there is nothing.
        empty: What will stand here and what leads to it; said when ``facts``,
            ``template`` and ``chart`` are all empty.
    """

    title: Text
    facts: Iterable[tuple[Text, Any]] = ()
    template: str = ""
    chart: Chart | None = None
    verb: str = ""
    empty: Text = ""
    icon: str = "list-details"
    shown: list[tuple[Text, str]] = field(init=False)

    def __post_init__(self) -> None:
        shown = [(label, shown_value(value)) for label, value in self.facts]
        object.__setattr__(self, "shown", shown)

    def is_open_to(self, actor: Actor) -> bool:
        return not self.verb or actor.may(self.verb)


def record_page(
    request: HttpRequest,
    title: Text,
    sections: Sequence[Section],
    *,
    badge: tuple[Text, str] | None = None,
    actions: Sequence[Action] = (),
    trail: Trail = (),
    map: Mapping[str, Any] | None = None,
    past: Text = "",
    template: str = "pages/record.html",
    **context: Any,
) -> HttpResponse:
    """Show one record that the caller has fetched in the actor's scope.

    Args:
        badge: Its state in a word, and the tone.
        map: Options of ``map_config``.
    """
    actor = actor_of(request)
    shown = {
        "sections": [(section, section.is_open_to(actor)) for section in sections],
        "record_badge": badge,
        "map": map,
    }
    head = frame(actor, title, actions, trail, past)
    return render(request, template, {**head, **shown, **context})
