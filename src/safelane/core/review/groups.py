"""Facts that say nothing alone, such as the text of coordinates without their shape.

The timeline takes them over only together with the fact that leads them, so a report
that states one alone would be passed over in silence: it is refused at entry instead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from safelane.core.review.errors import LooseFact
from safelane.core.review.timeline import Groups


def is_stated(value: Any) -> bool:
    """Say whether a fact is stated: zero is, an empty text or list is not."""
    return bool(value) or value == 0


def loose_facts(
    facts: Mapping[str, Any], retracts: Collection[str], groups: Groups
) -> Iterator[tuple[str, str]]:
    """Yield each fact that stands without its leader, and that leader."""
    for leader, followers in groups.items():
        leads = is_stated(facts.get(leader))
        for name in followers:
            stated = is_stated(facts.get(name)) and not leads
            retracted = name in retracts and not (leads or leader in retracts)
            if stated or retracted:
                yield name, leader


def loose_message(model: type[models.Model], name: str, leader: str) -> str:
    """Return what a person is told of a fact without its leader."""
    labels = [capfirst(_label(model, fact)) for fact in (name, leader)]
    return _(
        "“%(fact)s” says nothing without “%(leader)s”: a report states both or neither."
    ) % {"fact": labels[0], "leader": labels[1]}


def _label(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.verbose_name)


def refuse_loose_facts(
    model: type[models.Model],
    facts: Mapping[str, Any],
    retracts: Collection[str],
    groups: Groups,
) -> None:
    """Raise for the first fact that stands without its leader.

    Raises:
        LooseFact: Names both in the words of the model.
    """
    for name, leader in loose_facts(facts, retracts, groups):
        raise LooseFact(loose_message(model, name, leader), field=name)
