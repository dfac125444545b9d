"""Faults of actions shown beside the field at fault."""

from __future__ import annotations

from django import forms

from safelane.core.errors import SafelaneError


def add_fault(form: forms.Form, fault: SafelaneError) -> None:
    """Show an action's fault on its field, or above the form."""
    field = fault.field if fault.field in form.fields else None
    form.add_error(field, fault.message)
