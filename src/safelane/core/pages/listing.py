"""The list page: rows in columns, ordered, chosen, totalled, beside a map."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.formats import localize, number_format
from django.utils.functional import Promise
from django.utils.timezone import is_aware, localtime

from safelane.core.filters.reading import refuse_unknown
from safelane.core.pages.actions import from_first_page
from safelane.core.pages.keyset import page_of
from safelane.core.pages.saved import views_of
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of
from safelane.core.ui.reach import OWN, Emptiness, emptiness_of

Text = str | Promise
Trail = Sequence[tuple[Text, str]]


@dataclass(frozen=True, slots=True)
class Action:
    """A button of a page.

    Args:
        verb: ``"<data class>.<verb>"`` that the actor needs; "" shows it to everybody.
        main: The one that most people come for.
        shown_if: Says it instead, where the page behind asks for more than a verb.
    """

    label: Text
    url: Text
    icon: str
    verb: str = ""
    main: bool = False
    shown_if: Callable[[Actor], object] | None = None

    def shown_to(self, actor: Actor) -> bool:
        if self.shown_if is not None:
            return bool(self.shown_if(actor))
        return not self.verb or actor.may(self.verb)


def frame(
    actor: Actor, title: Text, actions: Iterable[Action], trail: Trail, past: Text
) -> dict[str, Any]:
    """Return the context of the page's head.

    Args:
        trail: Label and address of each page above this one.
        past: What the coloured bar says where the page shows a past day, else "".
    """
    return {
        "page_title": title,
        "page_actions": [action for action in actions if action.shown_to(actor)],
        "trail": [*trail, (title, "")] if trail else [],
        "past": past,
    }


@dataclass(frozen=True, slots=True)
class Bulk:
    """What can be done with several rows at once; the number stands in the button.

    Args:
        label: Such as ``_("Withdraw")``.
        url: Takes a POST with one ``uid`` per row.
        verb: Verb that the actor needs.
    """

    label: Text
    url: str
    icon: str
    verb: str


def _itself(row: Any) -> Any:
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list as its part declares it.

    Args:
        name: Under which views of it are saved.
        verb: ``"<data class>.<verb>"`` without which the list is not open at all; ""
            where the caller has asked.
        order: Usual order: name of a column, with "-" for falling.
        ready: Makes the rows of one page ready, all together, where that is quicker.
        present: Makes of each row what the columns read.
        narrowed_by: Names in the address that narrow it; it refuses any that it does
            not know.
    """

    name: str
    title: Text
    verb: str
    columns: Sequence[Column]
    empty: Emptiness
    order: str = ""
    ready: Callable[[Sequence[Any]], Iterable[Any]] = iter
    present: Callable[[Any], Any] = _itself
    actions: Sequence[Action] = ()
    bulk: Sequence[Bulk] = ()
    trail: Trail = ()
    narrowed_by: Collection[str] = ()


class SearchForm(forms.Form):
    """Words to look for, as they stand in the address; ``label`` says in what."""

    use_required_attribute = False

    def __init__(self, query: QueryDict, label: str) -> None:
        super().__init__(query)
        shown = {"type": "search", "placeholder": label}
        widget = forms.TextInput(attrs=shown)
        self.fields["q"] = forms.CharField(label=label, required=False, widget=widget)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table."""

    uid: str
    head: Cell
    cells: list[Cell]


def list_page(
    request: HttpRequest,
    listing: Listing,
    rows: QuerySet[Any] | Sequence[Any],
    *,
    form: forms.Form | None = None,
    map: Mapping[str, Any] | None = None,
    past: Text = "",
    nothing: Emptiness | None = None,
    template: str = "pages/list.html",
    **context: Any,
) -> HttpResponse:
    """Show the rows that the actor may see.

    Args:
        rows: Start from ``visible_to(actor)``; filtered already. Those of a past day
            may be a sequence, which stands in its own order.
        form: The filters, bound to the address.
        map: Options of ``map_config``; the map stands beside the list.
        nothing: Said of a list without rows instead of why it may have none, where
            that is sure: nothing waits for this person.

    Raises:
        SignInNeeded, NotPermitted: The list is not open to the actor.
        InvalidInput: The address narrows it by a name that it does not know.
    """
    actor = actor_of(request)
    if listing.verb:
        actor.require(listing.verb)
    refuse_unknown(request.GET, OWN.union(listing.narrowed_by))
    shown = {
        "form": form,
        "map": map,
        "emptiness": "sure" if nothing else emptiness_of(actor, rows, request.GET),
        "nothing": nothing or listing.empty,
        **_table(listing, rows, actor, request.GET),
    }
    head = frame(actor, listing.title, listing.actions, listing.trail, past)
    return render(request, template, {**head, **shown, **context})


def _table(
    listing: Listing,
    rows: QuerySet[Any] | Sequence[Any],
    actor: Actor,
    query: QueryDict,
) -> dict[str, Any]:
    """Return rows, columns and tools of the list as its address asks for them."""
    columns = chosen(listing.columns, query)
    wanted = query.get("sort", listing.order)
    found, sort = ordered(rows, columns, wanted, listing.order)
    page = page_of(found, query)
    return {
        "listing": listing,
        "columns": columns,
        "column_names": {column.name for column in columns},
        "lines": [
            _line(columns, listing.present(row))
            for row in listing.ready(page.object_list)
        ],
        "totals": _totals(columns, rows) if page.object_list else [],
        "page": page,
        "sort": sort,
        "bulk": [act for act in listing.bulk if actor.may(act.verb)],
        "query_string": query.urlencode(),
        "saved_views": views_of(actor, listing.name),
        "kept_query": from_first_page(query.urlencode()),
    }


def _line(columns: Sequence[Column], row: Any) -> Line:
    cells = [cell(column, row) for column in columns]
    return Line(str(getattr(row, "uid", "")), cells[0], cells[1:])


def _totals(columns: Sequence[Column], rows: Any) -> list[str]:
    """Return what stands below each column but the first; nothing without totals."""
    if not any(column.total for column in columns):
        return []
    return [shown_value(c.total(rows)) if c.total else "" for c in columns[1:]]


DASH = "–"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    Args:
        name: In the address, where people choose and order columns.
        value: What a row shows; it sees the row at the reader's precision only.
        url: Where the cell leads.
        badge: Tone and icon of a badge, for the row.
        order: Lookup path by which the rows may be ordered; "" where they may not,
            for instance because the order would tell more than the cell.
        is_number: Right-aligned; the unit stands in the label.
        total: What stands below the column, for all rows of the filter.
        is_extra: Shown only where it is chosen.
    """

    name: str
    label: Text
    value: Callable[[Any], Any]
    url: Callable[[Any], str] | None = None
    badge: Callable[[Any], tuple[str, str]] | None = None
    order: str = ""
    is_number: bool = False
    total: Callable[[QuerySet[Any]], Any] | None = None
    is_extra: bool = False


def text(name: str, label: Text, **more: Any) -> Column:
    """Return a column that shows the attribute of its name."""
    return Column(name, label, lambda row: getattr(row, name), **more)


def number(name: str, label: Text, **more: Any) -> Column:
    """Return a right-aligned column that shows the attribute of its name."""
    return Column(name, label, lambda row: getattr(row, name), is_number=True, **more)


def state(
    name: str, label: Text, of: Callable[[Any], tuple[Any, str, str]], **more: Any
) -> Column:
    """Return a column of badges: ``of`` gives word, tone and icon for a row."""
    return Column(
        name, label, lambda row: of(row)[0], badge=lambda row: of(row)[1:], **more
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, ready for the template."""

    label: Text
    shown: str
    is_number: bool
    url: str = ""
    tone: str = ""
    icon: str = ""


def cell(column: Column, row: Any) -> Cell:
    """Return what ``column`` shows of ``row``."""
    tone, icon = column.badge(row) if column.badge else ("", "")
    url = column.url(row) if column.url else ""
    shown = shown_value(column.value(row))
    return Cell(column.label, shown, column.is_number, url, tone, icon)


def shown_value(value: Any) -> str:
    """Return a value as people read it; nothing is a dash."""
    if value is None or value == "":
        return DASH
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return number_format(value, use_l10n=True, force_grouping=True)
    if isinstance(value, datetime) and is_aware(value):
        value = localtime(value)
    return str(localize(value))


def chosen(columns: Sequence[Column], query: QueryDict) -> list[Column]:
    """Return the columns that the address names, in their own order; else the usual.

    The first column names the row, so it is always there.
    """
    names = set(query.getlist("column"))
    if not names & {column.name for column in columns}:
        return [column for column in columns if not column.is_extra]
    return [c for i, c in enumerate(columns) if i == 0 or c.name in names]


def ordered(
    rows: QuerySet[Any] | Sequence[Any],
    columns: Iterable[Column],
    wanted: str,
    usual: str,
) -> tuple[QuerySet[Any] | Sequence[Any], str]:
    """Return the rows in the wanted order, and the order that was used."""
    paths = {column.name: column.order for column in columns if column.order}
    name = wanted.removeprefix("-")
    if name not in paths:
        wanted, name = usual, usual.removeprefix("-")
    if name not in paths or not isinstance(rows, QuerySet):
        return rows, ""
    sign = "-" if wanted.startswith("-") else ""
    return rows.order_by(f"{sign}{paths[name]}", f"{sign}pk"), wanted


def tabs(
    made: Iterable[tuple[str, Text, str, int | None]], chosen: str
) -> list[dict[str, Any]]:
    """Return what the template of tabs takes: of code, label, address and count."""
    return [
        {"label": label, "url": url, "count": count, "is_current": code == chosen}
        for code, label, url, count in made
    ]
