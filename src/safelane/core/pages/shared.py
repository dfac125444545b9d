"""What lists, records and forms share: buttons, the way back, and the past."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from safelane.core.scope import Actor

Text = str | Promise
Trail = Sequence[tuple[Text, str]]


@dataclass(frozen=True, slots=True)
class Action:
    """A button of a page.

    Args:
        verb: ``"<data class>.<verb>"`` that the actor needs; "" shows it to everybody.
        main: The one that most people come for.
    """

    label: Text
    url: str
    icon: str
    verb: str = ""
    main: bool = False

    def shown_to(self, actor: Actor) -> bool:
        return not self.verb or actor.may(self.verb)


def frame(
    actor: Actor, title: Text, actions: Iterable[Action], trail: Trail, past: Text
) -> dict[str, Any]:
    """Return the context of the page's head.

    Args:
        trail: Label and address of each page above this one.
        past: What the coloured bar says where the page shows a past day, else "".
    """
    return {
        "page_title": title,
        "page_actions": [action for action in actions if action.shown_to(actor)],
        "trail": [*trail, (title, "")] if trail else [],
        "past": past,
    }
