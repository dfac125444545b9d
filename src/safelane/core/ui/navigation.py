"""Navigation in groups: actors see what they may open, and where they are."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from safelane.core.domain import Group, NavItem, house
from safelane.core.domain.declaration import GROUPS, Text
from safelane.core.scope.actor import Actor


@dataclass(frozen=True, slots=True)
class Link:
    """A navigation item resolved for one request."""

    label: Text
    url: str
    icon: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """A group of the navigation with the links that an actor may open."""

    name: str
    label: Text
    icon: str
    links: tuple[Link, ...]

    @property
    def is_current(self) -> bool:
        return any(link.is_current for link in self.links)


@dataclass(frozen=True, slots=True)
class Navigation:
    """What stands by itself, then the groups that are not empty."""

    links: tuple[Link, ...]
    groups: tuple[LinkGroup, ...]


def navigation_for(actor: Actor, path: str) -> Navigation:
    """Return what ``actor`` may open; the link that leads to ``path`` is current.

    Raises:
        NoReverseMatch: An item names a URL that does not exist: a defect of its part.
    """
    urls = {i: _url_of(i) for i in house().navigation if i.shown_to(actor)}
    current = _best_match(list(urls.values()), path)

    def links_of(group: Group | None) -> tuple[Link, ...]:
        return tuple(
            Link(item.label, url, item.icon, url == current)
            for item, url in urls.items()
            if item.group is group
        )

    groups = [
        LinkGroup(group.value, label, icon, links)
        for group, (label, icon) in GROUPS.items()
        if (links := links_of(group))
    ]
    return Navigation(links_of(None), tuple(groups))


def _url_of(item: NavItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch as error:
        raise NoReverseMatch(f"Navigation item “{item.url_name}”: {error}") from error


def _best_match(urls: list[str], path: str) -> str | None:
    """Return the longest URL that starts ``path``; the home page only by itself."""
    fits = [u for u in urls if path == u or (u != "/" and path.startswith(u))]
    return max(fits, key=len, default=None)
