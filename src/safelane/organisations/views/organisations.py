"""Organisations and their people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from safelane.core.errors import SafelaneError
from safelane.core.pages import add_fault
from safelane.core.ui.context import actor_of
from safelane.organisations.actions import (
    create_organisation,
    create_person,
    update_organisation,
    update_person,
)
from safelane.organisations.forms import OrganisationForm, PersonForm
from safelane.organisations.models import (
    Agreement,
    Membership,
    Organisation,
    Person,
)
from safelane.organisations.policies import OrganisationPolicy, PersonPolicy


def organisation_list(request: HttpRequest) -> HttpResponse:
    """Show the organisations in scope with a search."""
    actor_of(request).require("organisation.view")
    rows = Organisation.objects.visible_to(actor_of(request)).select_related("country")
    words = request.GET.get("q", "").strip()[:100]
    if words:
        rows = rows.filter(name__icontains=words)
    counted = rows.annotate(people_count=Count("people")).order_by("name")
    page = Paginator(counted, 50).get_page(request.GET.get("page"))
    context = {"page": page, "words": words}
    return render(request, "organisations/list.html", context)


def organisation_detail(request: HttpRequest, uid: str) -> HttpResponse:
    """Show one organisation: its people, its accounts and its agreements."""
    actor = actor_of(request)
    organisation = Organisation.objects.get_for(actor, uid=uid)
    people = Person.objects.visible_to(actor).filter(organisation=organisation)
    memberships = Membership.objects.visible_to(actor).filter(organisation=organisation)
    agreements = Agreement.objects.visible_to(actor)
    context = {
        "organisation": organisation,
        "people": people.order_by("family_name", "given_name"),
        "memberships": memberships.select_related("user", "role", "area"),
        "given": agreements.filter(owner=organisation).select_related("partner"),
        "received": agreements.filter(partner=organisation).select_related("owner"),
    }
    return render(request, "organisations/detail.html", context)


def organisation_edit(request: HttpRequest, uid: str | None = None) -> HttpResponse:
    """Create or change an organisation."""
    actor = actor_of(request)
    actor.require("organisation.manage")
    row = None if uid is None else Organisation.objects.get_for(actor, uid=uid)
    if row is not None:
        OrganisationPolicy.require_row(actor, "manage", row)
    form = OrganisationForm(request.POST or None, initial=_organisation_facts(row))
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save_organisation(row, form.cleaned_data, request)
        except SafelaneError as fault:
            add_fault(form, fault)
        else:
            messages.success(request, _("Saved."))
            return redirect("organisations:detail", uid=saved.uid)
    context = {"form": form, "organisation": row}
    return render(request, "organisations/edit.html", context)


def _organisation_facts(row: Organisation | None) -> dict[str, Any]:
    if row is None:
        return {}
    names = ("name", "short_name", "kind", "country", "is_active")
    return {name: getattr(row, name) for name in names}


def _save_organisation(
    row: Organisation | None, facts: dict[str, Any], request: HttpRequest
) -> Organisation:
    if row is not None:
        return update_organisation(row, facts, by=actor_of(request))
    facts.pop("is_active")
    return create_organisation(**facts, by=actor_of(request))


def person_edit(
    request: HttpRequest, organisation_uid: str, uid: str | None = None
) -> HttpResponse:
    """Create or change a person of an organisation."""
    actor = actor_of(request)
    actor.require("person.manage")
    organisation = Organisation.objects.get_for(actor, uid=organisation_uid)
    row = None if uid is None else Person.objects.get_for(actor, uid=uid)
    if row is not None:
        PersonPolicy.require_row(actor, "manage", row)
    names = PersonForm.base_fields
    initial = {} if row is None else {name: getattr(row, name) for name in names}
    form = PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            if row is None:
                create_person(organisation, form.cleaned_data, by=actor)
            else:
                update_person(row, form.cleaned_data, by=actor)
        except SafelaneError as fault:
            add_fault(form, fault)
        else:
            messages.success(request, _("Saved."))
            return redirect("organisations:detail", uid=organisation.uid)
    context = {"form": form, "organisation": organisation, "person": row}
    return render(request, "organisations/person.html", context)
