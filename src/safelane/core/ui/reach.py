"""What a page says of what its reader does not see: never that there is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from safelane.core.scope import EVERYTHING, Actor

Text = str | Promise
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
    every = getattr(getattr(rows, "paginator", rows), "object_list", rows)
    every = getattr(rows, "every", every)
    policy: Any = getattr(getattr(every, "model", None), "policy", None)
    if policy is not None and policy.rows(actor, "view") != EVERYTHING:
        return "filtered reach" if is_filtered else "reach"
    return "filtered" if is_filtered else "none"
