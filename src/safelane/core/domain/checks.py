"""What is refused at start: two parts with one name, and names that are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from safelane.core.domain.declaration import Domain
from safelane.core.errors import ConfigurationError

RESERVED = ("api/", "ogc/", "tiles/", "static/", "i18n/")
Names = Callable[[Domain], Iterable[str]]

# What must be unique in the house, in the words of the message.
CLAIMS: tuple[tuple[str, Names], ...] = (
    ("the package", lambda part: [part.app]),
    ("the data class", lambda part: [item.name for item in part.data_classes]),
    ("the kind of record in the history", lambda part: part.subjects),
    ("the history verb", lambda part: part.said),
    ("the rule subject", lambda part: part.rule_subjects),
    ("the map kind", lambda part: [kind.name for kind in part.map_kinds]),
    ("the map word", lambda part: [w for kind in part.map_kinds for w in kind.words]),
    ("the navigation entry", lambda part: [item.url_name for item in part.navigation]),
    ("the collection", lambda part: [item.name for item in part.collections]),
    ("the import", lambda part: [kind.name for kind in part.imports]),
    ("the export", lambda part: [kind.name for kind in part.exports]),
    ("the document", lambda part: [kind.name for kind in part.documents]),
    ("the recurring work", lambda part: [work.name for work in part.recurring]),
    ("the address", lambda part: [part.prefix] if part.urls else []),
    ("the pages", lambda part: [part.urls] if part.urls else []),
    ("the API", lambda part: [part.api] if part.api else []),
)


def check(parts: Sequence[Domain]) -> None:
    """Refuse parts that clash or leave out what the house must know.

    Raises:
        PartsClash: Says which two parts claim which name.
        PartIncomplete: Says which part and what is missing.
    """
    for claim, names in CLAIMS:
        _refuse_double(parts, claim, names)
    _refuse_nested(parts)
    _refuse_foreign_words(parts)
    known = {item.name for part in parts for item in part.data_classes}
    for part in parts:
        for missing in (*_missing(part), *_unknown(part, known)):
            raise PartIncomplete(f"{part.app}/domain.py: {missing}")


def _refuse_double(parts: Sequence[Domain], claim: str, names: Names) -> None:
    owners: dict[str, str] = {}
    for part in parts:
        for name in names(part):
            if name in owners:
                raise PartsClash(
                    f"{owners[name]} and {part.app} both declare {claim} “{name}”. "
                    "Rename it in one of them."
                )
            owners[name] = part.app


def _refuse_nested(parts: Sequence[Domain]) -> None:
    """Refuse an address that another one would catch."""
    taken = [(part.prefix, part.app) for part in parts if part.prefix]
    taken += [(prefix, "the house") for prefix in RESERVED]
    for prefix, app in taken:
        for other, owner in taken:
            if prefix != other and prefix.startswith(other):
                raise PartsClash(
                    f"{app} stands at “{prefix}”, below “{other}” of {owner}. "
                    "Choose another prefix."
                )
            if prefix == other and app != owner:
                raise PartsClash(
                    f"{app} and {owner} both stand at “{prefix}”. "
                    "Choose another prefix."
                )


def _refuse_foreign_words(parts: Sequence[Domain]) -> None:
    owners = {item.name: part.app for part in parts for item in part.data_classes}
    for part in parts:
        for verb in part.said:
            owner = owners.get(verb.rpartition(".")[0], part.app)
            if owner != part.app:
                raise PartsClash(
                    f"{part.app} says the history verb “{verb}”, of which {owner} "
                    "declares the data class. Say it there."
                )


def _missing(part: Domain) -> Iterator[str]:
    if not part.app or not part.title:
        yield "say the app and its title."
    for item in part.data_classes:
        if not item.name or not item.label:
            yield f"the data class “{item.name}” needs a name and a label."
    for entry in part.navigation:
        if not entry.label or not entry.icon:
            yield f"the navigation entry “{entry.url_name}” needs a label and an icon."
    for verb, text in part.said.items():
        if not text or "." not in verb:
            yield f"the history verb “{verb}” needs the form “class.verb” and words."
    for name in set(part.reports) - {item.name for item in part.data_classes}:
        yield f"the report “{name}” is not among its data classes."
    if part.prefix and not part.prefix.endswith("/"):
        yield f"the prefix “{part.prefix}” must end with “/”."
    for module in filter(None, (part.urls, part.api)):
        if find_spec(module) is None:
            yield f"there is no module “{module}”."


def _unknown(part: Domain, known: set[str]) -> Iterator[str]:
    """Yield data classes that the part speaks of and nobody declares."""
    for entry in part.navigation:
        name = entry.verb.partition(".")[0]
        if name and name not in known:
            yield (
                f"the navigation entry “{entry.url_name}” needs “{entry.verb}”, and no "
                f"part declares the data class “{name}”."
            )
    config = next((c for c in apps.get_app_configs() if c.name == part.app), None)
    for model in config.get_models() if config else ():
        policy: Any = getattr(model, "policy", None)
        if policy is None or (not policy.data_class and "rows" in vars(policy)):
            continue
        if policy.data_class not in known:
            yield (
                f"{policy.__name__} speaks of the data class “{policy.data_class}”, "
                "which no part declares. Add it to data_classes."
            )


class PartsClash(ConfigurationError):
    """Two parts claim the same name."""


class PartIncomplete(ConfigurationError):
    """A part does not declare something that the house must know of it."""
