"""Reading YAML with faults that name the file and the key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml

from safelane.countries.errors import BadPack

T = TypeVar("T")
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class StrictLoader(Loader):  # type: ignore[misc]
    """A safe loader that refuses a key standing twice in one mapping."""


def _mapping(loader: Any, node: Any) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _value in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key “{key}” stands twice", node.start_mark
            )
    loader.flatten_mapping(node)
    return dict(loader.construct_pairs(node, deep=True))


StrictLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: Path) -> Node:
    """Return the document of a file.

    Raises:
        BadPack: It is missing, not YAML, or has a key twice.
    """
    try:
        with path.open(encoding="utf-8") as file:
            return Node(path, "", yaml.load(file, Loader=StrictLoader))  # noqa: S506
    except OSError as error:
        raise BadPack(f"{path}: cannot be read ({error.strerror}).") from error
    except yaml.YAMLError as error:
        raise BadPack(f"{path}: {error}") from error


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a file that knows where it stands."""

    path: Path
    key: str
    value: Any

    def fault(self, message: str) -> BadPack:
        """Return an error that names file and key."""
        place = f"{self.path.parent.name}/{self.path.name}"
        return BadPack(f"{place}, {self.key or 'top'}: {message}", key=self.key)

    def has(self, name: str) -> bool:
        return name in self._as(dict, "a mapping")

    def get(self, name: str) -> Node:
        """Return a required child."""
        if not self.has(name):
            raise self.fault(f"“{name}” is missing.")
        return Node(self.path, f"{self.key}.{name}".lstrip("."), self.value[name])

    def items(self) -> Iterator[tuple[str, Node]]:
        for name in self._as(dict, "a mapping"):
            yield str(name), self.get(name)

    def rows(self) -> Iterator[Node]:
        for index, value in enumerate(self._as(list, "a list")):
            yield Node(self.path, f"{self.key}[{index}]", value)

    def only(self, *names: str) -> None:
        """Refuse keys that nothing reads: a typing error must not pass silently."""
        unknown = sorted(set(map(str, self._as(dict, "a mapping"))) - set(names))
        if unknown:
            known = ", ".join(sorted(names))
            raise self.fault(f"“{unknown[0]}” is not known here. Known: {known}.")

    def text(self, name: str, default: str | None = None) -> str:
        return self._scalar(name, str, "text", default)

    def number(self, name: str) -> float:
        node = self.get(name)
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise node.fault(f"must be a number, not {node.value!r}.")
        return float(node.value)

    def flag(self, name: str, default: bool = False) -> bool:
        return self._scalar(name, bool, "true or false", default)

    def day(self, name: str) -> date | None:
        """Return an optional date (YYYY-MM-DD)."""
        if not self.has(name):
            return None
        return self.get(name)._as(date, "a date such as 2026-01-31")

    def texts(self, name: str) -> tuple[str, ...]:
        """Return an optional list of texts."""
        if not self.has(name):
            return ()
        return tuple(node._as(str, "text") for node in self.get(name).rows())

    def names(self, name: str) -> dict[str, str]:
        """Return an optional mapping of text to text."""
        if not self.has(name):
            return {}
        return {key: node._as(str, "text") for key, node in self.get(name).items()}

    def _scalar(self, name: str, kind: type[T], what: str, default: T | None) -> T:
        if default is not None and not self.has(name):
            return default
        return self.get(name)._as(kind, what)

    def _as(self, kind: type[T], what: str) -> T:
        if not isinstance(self.value, kind):
            raise self.fault(f"must be {what}, not {self.value!r}.")
        return self.value
