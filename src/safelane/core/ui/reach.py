"""What a page says of what its reader does not see: never that there is nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.scope import EVERYTHING, Actor, Precision

Text = str | Promise
PLACELESS = frozenset({Precision.DISTRICT, Precision.NONE})
# What of the address is no filter.
OWN = frozenset({"after", "before", "page", "sort", "column"})


@dataclass(frozen=True, slots=True)
class Emptiness:
    """What a list says when it has no row to show.

    Args:
        title: For readers who see all rows, or where it claims nothing about others.
        within: For readers who see only a part; it never says that there are none.
    """

    title: Text
    text: Text
    icon: str = "inbox"
    within: Text = gettext_lazy("Nothing here within your reach")


def emptiness_of(actor: Actor, rows: Any, query: Mapping[str, Any]) -> str:
    """Return why a list without rows has none: ``filtered``, ``reach`` or ``none``.

    Whoever sees only a part of the rows is never told that there are none, nor that
    none matches: ``filtered reach``.

    Args:
        rows: Of ``visible_to``, or a page of them.
    """
    is_filtered = any(value for key, value in query.items() if key not in OWN)
    policy = policy_of(rows)
    is_part = policy is not None and (
        not _opens_all(policy, actor, rows)
        or (is_filtered and policy.coarsest(actor) != Precision.EXACT)
    )
    if is_part:
        return "filtered reach" if is_filtered else "reach"
    return "filtered" if is_filtered else "none"


def _opens_all(policy: Any, actor: Actor, rows: Any) -> bool:
    """Say whether every row is open: of all, or of each country that there is."""
    opened = policy.rows(actor, "view")
    country = getattr(getattr(rows, "every", rows).model, policy.country[:-3], None)
    if opened == EVERYTHING or opened.negated or country is None:
        return bool(opened == EVERYTHING)
    places = country.field.related_model
    keys = places._default_manager.values_list("pk", flat=True)
    is_any = opened.connector == Q.OR or len(opened.children) == 1
    return is_any and all(("country_id", pk) in opened.children for pk in keys)


def policy_of(rows: Any) -> Any:
    """Return the policy of rows, or of a page of them; None where they have none."""
    every = getattr(rows, "every", rows)
    return getattr(getattr(every, "model", None), "policy", None)


def levels_of(actor: Actor, shown: Any) -> set[int]:
    """Return how exactly the places of a row, or of a page of rows, may be shown."""
    if hasattr(shown, "precision"):
        return {int(shown.precision)}
    policy = policy_of(shown)
    return set() if policy is None else set(map(int, policy.levels(actor)))


def place_notes(levels: Iterable[int]) -> list[str]:
    """Return what a map says to a reader of places that it shows roughly or not.

    Args:
        levels: Precisions at which its rows are open.
    """
    said, found = [], set(levels)
    if Precision.CELL in found:
        said.append(_("A square of 1 km: the place lies somewhere in this cell."))
    if found & PLACELESS:
        said.append(
            _(
                "Positions that are not open to your role are not on this map; at most "
                "their district is named. Ground without a mark is not known to be "
                "safe."
            )
        )
    return said
