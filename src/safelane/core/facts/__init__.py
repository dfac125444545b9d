"""A fact is declared once, beside its model; every door reads the declaration."""

from safelane.core.facts.fact import Coarse as Coarse
from safelane.core.facts.fact import Fact as Fact
from safelane.core.facts.fact import Facts as Facts
from safelane.core.facts.fact import Label as Label
from safelane.core.facts.fact import facts_of as facts_of
from safelane.core.facts.fact import followers as followers
from safelane.core.facts.fact import lists as lists
