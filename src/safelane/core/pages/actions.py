"""Keeping and forgetting one's own views of lists."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.http import QueryDict
from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput

LONGEST_NAME, LONGEST_QUERY = 80, 2000


def saved_views() -> Any:
    """Return the model's manager; views stand with the accounts that own them."""
    return apps.get_model("organisations.SavedView").objects


def save_view(user_id: int, page: str, name: str, query: str) -> Any:
    """Keep filters, order and columns under a name; the same name is overwritten.

    Raises:
        InvalidInput: There is no name, or the filters are too long to be kept.
    """
    if not name.strip():
        raise InvalidInput(_("Give the view a name."), field="name")
    kept = from_first_page(query)
    if len(kept) > LONGEST_QUERY:
        raise InvalidInput(_("These filters are too long to be kept."), field="query")
    view, _created = saved_views().update_or_create(
        user_id=user_id,
        page=page[:LONGEST_NAME],
        name=name.strip()[:LONGEST_NAME],
        defaults={"query": kept},
    )
    return view


def from_first_page(query: str) -> str:
    """Return what an address asks for, without where its page begins."""
    asked = QueryDict(query, mutable=True)
    for name in ("page", "after", "before"):
        asked.pop(name, None)
    return asked.urlencode()


def forget_view(user_id: int, view_id: int) -> None:
    """Forget one of one's own views."""
    saved_views().filter(user_id=user_id, pk=view_id).delete()
