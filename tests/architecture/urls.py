"""The site as data: every named address, with plausible values for its parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

# Values that fit the converters; no record has them.
SAMPLES: dict[str, Any] = {
    "int": 987654321,
    "key": 987654321,
    "uuid": "00000000-0000-4000-8000-000000000000",
    "slug": "nothing",
    "str": "nothing",
    "path": "nothing",
}


@dataclass(frozen=True)
class Address:
    """One pattern of the site."""

    name: str
    route: str
    converters: tuple[tuple[str, str], ...]

    @property
    def is_plain(self) -> bool:
        return not self.converters

    def path(self, values: dict[str, Any] | None = None) -> str | None:
        """Return the address with its parts filled in, or None when they do not fit."""
        chosen = {
            part: (values or {}).get(part, SAMPLES.get(kind, "nothing"))
            for part, kind in self.converters
        }
        try:
            return reverse(self.name, kwargs=chosen)
        except NoReverseMatch:
            return None


def addresses() -> list[Address]:
    """Return every address of the site but static files."""
    return list(walk(get_resolver().url_patterns, "", "", ()))


def walk(
    patterns: list[Any], route: str, space: str, parts: tuple[tuple[str, str], ...]
) -> Iterator[Address]:
    for item in patterns:
        here = route + str(item.pattern)
        known = (*parts, *converters_of(item))
        if isinstance(item, URLResolver):
            inner = f"{space}{item.namespace}:" if item.namespace else space
            yield from walk(item.url_patterns, here, inner, known)
        elif isinstance(item, URLPattern):
            name = f"{space}{item.name}" if item.name else ""
            yield Address(name, here, known)


def converters_of(item: URLPattern | URLResolver) -> Iterator[tuple[str, str]]:
    found = getattr(item.pattern, "converters", {})
    for part, converter in found.items():
        name = type(converter).__name__.removesuffix("Converter").lower()
        yield part, {"string": "str"}.get(name, name)
