"""The home page: every app adds what may need somebody's attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from safelane.core.domain import house
from safelane.core.scope.actor import Actor
from safelane.core.ui.context import actor_of

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """One record that waits, or one figure worth knowing.

    Args:
        label: Name of the record.
        url: Where it opens.
        note: When and by whom, in a few words.
        badge: Its state in one or two words.
        tone: Tone of the badge: secondary, info, success, warning, danger.
    """

    label: Text
    url: str
    note: Text = ""
    badge: Text = ""
    tone: str = "secondary"


@dataclass(frozen=True, slots=True)
class Panel:
    """A card of the home page.

    Args:
        count: How many there are in all; ``entries`` holds only the first ones. "100+"
            where nobody counts on.
        empty: What will appear here and what leads to it, shown when there is none.
        url: The full list.
        order: Smaller comes first.
    """

    title: Text
    icon: str
    url: str
    entries: Sequence[Entry] = field(default=())
    count: int | str = 0
    empty: Text = ""
    order: int = 100


def panels_for(actor: Actor) -> list[Panel]:
    """Return all panels for ``actor``, in order."""
    found = [panel for source in house().panels for panel in source(actor)]
    return sorted(found, key=lambda panel: panel.order)


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what needs this person's attention; visitors learn what this is."""
    actor = actor_of(request)
    if actor.is_public:
        return render(request, "ui/welcome.html")
    return render(request, "ui/home.html", {"panels": panels_for(actor)})
