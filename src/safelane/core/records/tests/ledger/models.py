from django.db import models

from safelane.core.facts import Fact
from safelane.core.records.models import Record
from safelane.core.scope import ScopedQuerySet, ScopePolicy


class ItemPolicy(ScopePolicy):
    data_class = "item"


class Item(Record):
    """A thing with a number."""

    number = models.CharField("number", max_length=10, unique=True)
    weight_kg = models.PositiveIntegerField("weight (kg)", null=True, blank=True)
    holder = models.CharField("holder", max_length=40, blank=True)
    label = models.CharField("label", max_length=60, blank=True)

    policy = ItemPolicy
    declares = (
        Fact("number", "show"),
        Fact("weight_kg", "round"),
        Fact("holder"),
        Fact("label", computed=True),
    )
    private = frozenset({"holder"})
    objects = ScopedQuerySet["Item"].as_manager()

    def __str__(self) -> str:
        return self.number
