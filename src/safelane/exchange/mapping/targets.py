"""What a domain can take in: its fields, their kinds, codes and other names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

TargetKind = Literal[
    "text", "integer", "number", "boolean", "date", "choice", "choices"
]


@dataclass(frozen=True)
class Choice:
    """One code and every word by which people call it, in any language."""

    code: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class TargetField:
    """One field that a row can fill.

    Attributes:
        synonyms: Column names seen for it in other systems and languages.
        choices: For kinds ``choice`` and ``choices``: the codes in force.
    """

    name: str
    label: str | Promise
    kind: TargetKind = "text"
    required: bool = False
    choices: tuple[Choice, ...] = ()
    synonyms: tuple[str, ...] = ()
    max_length: int = 0
    minimum: float | None = None


@dataclass(frozen=True)
class Target:
    """A kind of record that can be imported.

    Attributes:
        geometry: Whether rows need a position: "required", "optional" or "none".
    """

    name: str
    label: str | Promise
    fields: tuple[TargetField, ...]
    geometry: Literal["required", "optional", "none"] = "required"

    def field(self, name: str) -> TargetField:
        """Return the field called ``name``; KeyError when there is none."""
        return {f.name: f for f in self.fields}[name]
