"""What the history of reports says, in the words of the pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst

from safelane.core.domain import house
from safelane.core.history.models import Change
from safelane.core.history.queries import FieldDifference, differences
from safelane.core.history.shown import shown
from safelane.core.review import stages
from safelane.core.scope import Actor
from safelane.countries import CountryPack
from safelane.hazards.display import fact_label, fact_text
from safelane.hazards.models import HazardReport


def told(
    changes: Iterable[Change],
    pack: CountryPack,
    actor: Actor,
    leave_out: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Return each change with the fields that differ, labelled and in words.

    What of a change is not open to the actor is left out, and the fields named.
    """
    return [
        {
            "change": row,
            "fields": [
                _in_words(d, pack) for d in differences(row) if d.name not in leave_out
            ],
        }
        for row in shown(changes, actor, house().subjects)
    ]


def _in_words(difference: FieldDifference, pack: CountryPack) -> FieldDifference:
    name = difference.name
    return FieldDifference(
        _label(name),
        _text(name, difference.before, pack),
        _text(name, difference.after, pack),
    )


def _label(name: str) -> str:
    try:
        field: Any = HazardReport._meta.get_field(name)
    except FieldDoesNotExist:
        return name.replace("_", " ")
    if field.auto_created:  # rows that belong to the report, such as its evidence
        return capfirst(str(field.related_model._meta.verbose_name_plural))
    return fact_label(name)


def _text(name: str, value: Any, pack: CountryPack) -> str | None:
    if value in (None, "", [], {}):
        return None
    if name == "stage":
        return str(stages.LABELS.get(str(value), value))
    return fact_text(name, value, pack)
