"""A fact is declared once, beside its model; every door reads the declaration."""

from safelane.core.facts.fact import Coarse, Fact, Label, followers, lists
from safelane.core.facts.model import Facts, facts_of

__all__ = [
    "Coarse",
    "Fact",
    "Facts",
    "Label",
    "facts_of",
    "followers",
    "lists",
]
