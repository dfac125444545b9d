"""Organisations and their people."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from safelane.core.facts.forms import on_forms
from safelane.core.pages import edit_page
from safelane.core.pages.factforms import fact_form
from safelane.core.pages.shared import Trail
from safelane.core.ui.context import actor_of
from safelane.organisations.actions import (
    create_organisation,
    create_person,
    update_organisation,
    update_person,
)
from safelane.organisations.models import (
    Agreement,
    Membership,
    Organisation,
    Person,
)
from safelane.organisations.packs import common_pack
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


def trail_of(organisation: Organisation | None = None) -> Trail:
    """Return the way to a page below an organisation, or below their list."""
    trail = [(_("Organisations and people"), reverse("organisations:list"))]
    if organisation is not None:
        url = reverse("organisations:detail", args=[organisation.uid])
        trail.append((organisation.name, url))
    return trail


def organisation_edit(request: HttpRequest, uid: str | None = None) -> HttpResponse:
    """Create or change an organisation."""
    actor = actor_of(request)
    actor.require("organisation.manage")
    row = None if uid is None else Organisation.objects.get_for(actor, uid=uid)
    if row is not None:
        OrganisationPolicy.require_row(actor, "manage", row)
    initial = _stated(row, Organisation) if row else {"is_active": True}
    form = fact_form(Organisation, common_pack(), request.POST or None, initial)

    def save(facts: dict[str, Any]) -> str:
        if row is None:
            facts.pop("is_active")
            saved = create_organisation(**facts, by=actor)
        else:
            saved = update_organisation(row, facts, by=actor)
        return reverse("organisations:detail", args=[saved.uid])

    title = row.name if row else _("New organisation")
    button, trail = _("Save"), trail_of(row)
    return edit_page(request, form, save, title=title, button=button, trail=trail)


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
    initial = _stated(row, Person) if row else {}
    form = fact_form(Person, None, request.POST or None, initial)

    def save(facts: dict[str, Any]) -> str:
        if row is None:
            create_person(organisation, facts, by=actor)
        else:
            update_person(row, facts, by=actor)
        return reverse("organisations:detail", args=[organisation.uid])

    title = str(row) if row else _("Add a person")
    button, trail = _("Save"), trail_of(organisation)
    return edit_page(request, form, save, title=title, button=button, trail=trail)


def _stated(row: Any, model: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in on_forms(model)}
