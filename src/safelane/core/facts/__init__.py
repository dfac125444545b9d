"""A fact is declared once, beside its model; every door reads the declaration."""

from safelane.core.facts.fact import (
    Coarse,
    Fact,
    Facts,
    Label,
    facts_of,
    followers,
    lists,
)

__all__ = [
    "Coarse",
    "Fact",
    "Facts",
    "Label",
    "facts_of",
    "followers",
    "lists",
]
