"""Navigation: every app registers its own items; actors see what they may open."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from safelane.core.scope.actor import Actor

MAIN = "main"
ADMINISTRATION = "administration"


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation.

    Args:
        label: Lazily translated text.
        url_name: URL name without arguments, such as ``"hazards:register"``.
        icon: Name in the icon sprite.
        verb: ``"<data class>.<verb>"`` that the actor needs; "" shows it to everybody
            who is signed in.
        order: Position within the section.
        section: ``"main"``, or ``"administration"`` for the menu at the end.
    """

    label: str | Promise
    url_name: str
    icon: str
    verb: str = ""
    order: int = 100
    section: str = MAIN

    def shown_to(self, actor: Actor) -> bool:
        return actor.may(self.verb) if self.verb else not actor.is_public


@dataclass(frozen=True, slots=True)
class Link:
    """A navigation item resolved for one request."""

    label: str | Promise
    url: str
    icon: str
    is_current: bool


_items: dict[str, NavItem] = {}


def register(item: NavItem) -> None:
    """Add ``item``; the last registration of a URL name stands."""
    _items[item.url_name] = item


def items() -> tuple[NavItem, ...]:
    """Return all registered items in display order."""
    return tuple(sorted(_items.values(), key=lambda i: (i.order, i.url_name)))


def links_for(actor: Actor, section: str, path: str) -> list[Link]:
    """Return the links of a section for ``actor``; the one for ``path`` is current.

    Raises:
        NoReverseMatch: An item names a URL that does not exist: a defect of its app.
    """
    shown = [i for i in items() if i.section == section and i.shown_to(actor)]
    urls = [_url_of(item) for item in shown]
    current = _best_match(urls, path)
    return [
        Link(item.label, url, item.icon, url == current)
        for item, url in zip(shown, urls, strict=True)
    ]


def _url_of(item: NavItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch as error:
        raise NoReverseMatch(f"Navigation item “{item.url_name}”: {error}") from error


def _best_match(urls: list[str], path: str) -> str | None:
    """Return the longest URL that starts ``path``; the home page only by itself."""
    fits = [u for u in urls if path == u or (u != "/" and path.startswith(u))]
    return max(fits, key=len, default=None)
