"""The page of one record, and the form: filled in, refused in place, and saved.

A record page says what it is, what is known and what can be done now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from safelane.core.errors import SafelaneError
from safelane.core.facts import facts_of
from safelane.core.facts.fact import Pack
from safelane.core.facts.forms import fact_fields, on_forms
from safelane.core.pages.listing import Action, Column, Text, Trail, frame, shown_value
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of

CHART_WIDTH = 400.0


@dataclass(frozen=True, slots=True)
class Chart:
    """Numbers as bars, with the table beside: label and value of each."""

    title: Text
    rows: Sequence[tuple[Text, float]]
    unit: Text = ""

    @property
    def bars(self) -> list[tuple[Text, str, float]]:
        """Return label, shown value and length of each bar."""
        most = max((value for _label, value in self.rows), default=0) or 1
        return [
            (label, shown_value(value), round(CHART_WIDTH * value / most, 1))
            for label, value in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a record page.

    Args:
        facts: Label and value; a value that is empty is a dash.
        template: Shows more, with the page's context.
        verb: What the actor must be allowed; others read that the section is not open
            to their role, never that there is nothing.
        empty: What will stand here and what leads to it; said when ``facts``,
            ``template`` and ``chart`` are all empty.
    """

    title: Text
    facts: Iterable[tuple[Text, Any]] = ()
    template: str = ""
    chart: Chart | None = None
    verb: str = ""
    empty: Text = ""
    icon: str = "list-details"
    shown: list[tuple[Text, str]] = field(init=False)

    def __post_init__(self) -> None:
        shown = [(label, shown_value(value)) for label, value in self.facts]
        object.__setattr__(self, "shown", shown)

    def is_open_to(self, actor: Actor) -> bool:
        return not self.verb or actor.may(self.verb)


def record_page(
    request: HttpRequest,
    title: Text,
    sections: Sequence[Section],
    *,
    badge: tuple[Text, str] | None = None,
    actions: Sequence[Action] = (),
    trail: Trail = (),
    map: Mapping[str, Any] | None = None,
    past: Text = "",
    template: str = "pages/record.html",
    **context: Any,
) -> HttpResponse:
    """Show one record that the caller has fetched in the actor's scope.

    Args:
        badge: Its state in a word, and the tone.
        map: Options of ``map_config``.
    """
    actor = actor_of(request)
    shown = {
        "sections": [(section, section.is_open_to(actor)) for section in sections],
        "record_badge": badge,
        "map": map,
    }
    head = frame(actor, title, actions, trail, past)
    return render(request, template, {**head, **shown, **context})


def edit_page(
    request: HttpRequest,
    form: forms.Form,
    save: Callable[[dict[str, Any]], str],
    *,
    title: Text,
    button: Text,
    trail: Trail = (),
    done: Text | None = None,
    version: str = "",
    template: str = "pages/edit.html",
    **context: Any,
) -> HttpResponse:
    """Show a form; when it is sent, ``save`` what it holds.

    Args:
        form: Bound to ``request.POST`` where that is sent.
        save: Takes the cleaned values, calls an action and returns where to go; the
            fault that it raises stands beside its field, with the text kept.
        button: Says what will happen.
        done: Says that it did, usually "Saved."; "" where ``save`` says it.
        version: ``records.actions.version_of`` what is shown; comes back with the form
            as ``version``, for ``save`` to hand on.
    """
    version = request.POST.get("version", version)
    if request.method == "POST" and form.is_valid():
        try:
            url = save(form.cleaned_data)
        except SafelaneError as fault:
            add_fault(form, fault)
            version = fault.details.get("version", version)
        else:
            if said := _("Saved.") if done is None else str(done):
                messages.success(request, said)
            return redirect(url)
    head = frame(actor_of(request), title, (), trail, "")
    back = trail[-1][1] if trail else ""
    shown = {"form": form, "button": button, "back": back, "version": version}
    return render(request, template, {**head, **shown, **context})


def add_fault(form: forms.Form, fault: SafelaneError) -> None:
    """Show a fault beside its field, or above the form."""
    field = fault.field if fault.field in form.fields else None
    form.add_error(field, fault.message)


def fact_form(
    model: type[models.Model], pack: Pack | None, data: Any, initial: Mapping[str, Any]
) -> forms.Form:
    """Return a form for the facts that stand on forms, in their order."""
    fields = fact_fields(model, on_forms(model), pack)
    kind = type(f"{model.__name__}Form", (forms.Form,), fields)
    form: forms.Form = kind(data, initial=dict(initial))
    return form


def fact_columns(model: type[models.Model], **first: Any) -> list[Column]:
    """Return a column per published fact, reading ``published(row)``.

    Args:
        first: More for the first one, which names the row.
    """
    facts = facts_of(model)
    names = [name for name, fact in facts.items() if fact.published or fact.tile]
    return [
        Column(
            name,
            facts.label(name),
            _reader(name),
            is_number=isinstance(facts.field(name), models.IntegerField),
            **(first if i == 0 else {}),
        )
        for i, name in enumerate(names)
    ]


def _reader(name: str) -> Any:
    return lambda row: row.facts.get(name)


def fact_lines(
    model: type[models.Model], shown: Mapping[str, Any], pack: Pack | None
) -> list[tuple[str, Any]]:
    """Return label and value of what is shown of a row; codes by their labels."""
    facts = facts_of(model)
    found = []
    for name, value in shown.items():
        fact = facts.get(name)
        if fact is None or isinstance(value, BaseGeometry):
            continue
        if fact.codes and value and pack is not None:
            value = pack.label(fact.codes, value)
        found.append((facts.label(name), value))
    return found
