"""What every page knows: actor, navigation, languages, demo flag and version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, get_language_bidi

from safelane import __version__
from safelane.core.domain import Group, NavItem, house
from safelane.core.domain.declaration import GROUPS, Text
from safelane.core.i18n.languages import is_draft
from safelane.core.scope.actor import PUBLIC, Actor


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


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor that the sign-in middleware found, else the public."""
    actor: Actor = getattr(request, "actor", PUBLIC)
    return actor


def interface(request: HttpRequest) -> dict[str, Any]:
    """Context processor for ``ui/base.html``."""
    actor, current = actor_of(request), get_language()
    return {
        "actor": actor,
        "navigation": navigation_for(actor, request.path),
        "ui_languages": [
            {"code": code, "name": name, "is_current": code == current}
            for code, name in settings.LANGUAGES
        ],
        "is_draft": is_draft(current or "en"),
        "text_direction": "rtl" if get_language_bidi() else "ltr",
        "is_demo": getattr(settings, "WORKSPACE_IS_DEMO", False),
        "safelane_version": __version__,
    }
