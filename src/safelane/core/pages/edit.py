"""The form page: filled in, refused in place, saved, and back to the record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from safelane.core.errors import SafelaneError
from safelane.core.pages.shared import Text, Trail, frame
from safelane.core.ui.context import actor_of


def edit_page(
    request: HttpRequest,
    form: forms.Form,
    save: Callable[[dict[str, Any]], str],
    *,
    title: Text,
    button: Text,
    trail: Trail = (),
    done: Text | None = None,
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
    """
    if request.method == "POST" and form.is_valid():
        try:
            url = save(form.cleaned_data)
        except SafelaneError as fault:
            add_fault(form, fault)
        else:
            if said := _("Saved.") if done is None else str(done):
                messages.success(request, said)
            return redirect(url)
    head = frame(actor_of(request), title, (), trail, "")
    back = trail[-1][1] if trail else ""
    shown = {"form": form, "button": button, "back": back}
    return render(request, template, {**head, **shown, **context})


def add_fault(form: forms.Form, fault: SafelaneError) -> None:
    """Show a fault beside its field, or above the form."""
    field = fault.field if fault.field in form.fields else None
    form.add_error(field, fault.message)
