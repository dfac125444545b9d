"""Organisations and their people: accounts, memberships, roles and agreements."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from safelane.core.errors import InvalidInput, SafelaneError
from safelane.core.facts.forms import on_forms
from safelane.core.filters.reading import text_of
from safelane.core.pages import (
    Action,
    Column,
    Emptiness,
    Listing,
    Section,
    Trail,
    add_fault,
    edit_page,
    list_page,
    record_page,
    state,
    text,
)
from safelane.core.pages.listing import SearchForm, frame
from safelane.core.pages.record import fact_form
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of
from safelane.organisations.actions import (
    create_organisation,
    create_person,
    create_user,
    decide_proposal,
    end_membership,
    give_role,
    update_organisation,
    update_person,
)
from safelane.organisations.attention import state_of
from safelane.organisations.forms import AccountForm, MembershipForm
from safelane.organisations.granting import GRANTING, can_be_confirmed, may_confirm
from safelane.organisations.inputs import Term
from safelane.organisations.models import (
    Agreement,
    Membership,
    MembershipProposal,
    Organisation,
    Person,
    Role,
    User,
)
from safelane.organisations.packs import common_pack
from safelane.organisations.policies import OrganisationPolicy, PersonPolicy
from safelane.organisations.queries import may_register, organisations_in_reach
from safelane.organisations.signin.actions import invite_user

MANAGE = "organisation.manage"


def kind_label(row: Organisation) -> str:
    return common_pack().label("organisation_kind", row.kind)


def _listing() -> Listing:
    title, about = _("No organisation here yet"), _(
        "Authorities, operators, NGOs, donors and the regional centre are registered"
        " here. Reports are always written in the name of one of them."
    )  # fmt: skip
    new = reverse("organisations:new")
    return Listing(
        name="organisations",
        title=_("Organisations and people"),
        verb="organisation.view",
        narrowed_by=("q",),
        columns=(
            text("name", _("Name"), order="name", url=_url_of),
            text("short_name", _("Short name"), order="short_name"),
            Column("kind", _("Kind"), kind_label),
            text("country", _("Country")),
            state("state", _("Status"), _state),
        ),
        empty=Emptiness(title, about, "building"),
        order="name",
        actions=(
            Action(
                _("New organisation"), new, "plus", main=True, shown_if=may_register
            ),
        ),
    )


def _url_of(row: Organisation) -> str:
    return reverse("organisations:detail", args=[row.uid])


def _state(row: Organisation) -> tuple[str, str, str]:
    if row.is_active:
        return _("active"), "", ""
    return _("inactive"), "secondary", ""


@require_safe
def organisation_list(request: HttpRequest) -> HttpResponse:
    """Show the organisations in scope with a search."""
    rows = Organisation.objects.visible_to(actor_of(request)).select_related("country")
    if words := text_of(request.GET, "q"):
        rows = rows.filter(name__icontains=words)
    form = SearchForm(request.GET, _("Name"))
    return list_page(request, _listing(), rows, form=form)


@require_safe
def organisation_detail(request: HttpRequest, uid: str) -> HttpResponse:
    """Show one organisation: its people, its accounts and its agreements."""
    actor = actor_of(request)
    row = Organisation.objects.get_for(actor, uid=uid)
    people = Person.objects.visible_to(actor).filter(organisation=row)
    memberships = Membership.objects.visible_to(actor).filter(organisation=row)
    agreements = Agreement.objects.visible_to(actor)
    facts = (
        (_("Short name"), row.short_name),
        (_("Kind"), kind_label(row)),
        (_("Country"), row.country),
    )
    sections = [Section(_("Organisation"), facts, icon="building")]
    sections += [
        Section(title, (), f"organisations/parts/{name}.html", verb=verb, icon=icon)
        for title, name, verb, icon in (
            (_("Contacts"), "people", "person.view", "users"),
            (_("Accounts and roles"), "accounts", "membership.view", "key"),
            (_("Agreements"), "agreements", "agreement.view", "file-certificate"),
        )
    ]
    return record_page(
        request,
        row.name,
        sections,
        actions=_detail_actions(row),
        trail=trail_of(),
        organisation=row,
        people=people.order_by("family_name", "given_name"),
        editable=keys_open(actor, people),
        endable=keys_open(actor, memberships),
        memberships=memberships.select_related("user", "role", "area", "country"),
        given=agreements.filter(owner=row).select_related("partner"),
        received=agreements.filter(partner=row).select_related("owner"),
    )


def _detail_actions(row: Organisation) -> list[Action]:
    """Return what may be done with an organisation, as each action asks itself."""

    def may_edit(actor: Actor) -> object:
        rows = Organisation.objects.editable_by(actor, "manage")
        return rows.filter(pk=row.pk).exists()

    def may(verb: str, actor: Actor) -> bool:
        return row.pk in organisations_in_reach(actor, verb)

    return [
        Action(
            label, reverse(f"organisations:{name}", args=[row.uid]), icon, shown_if=asks
        )
        for label, name, icon, asks in (
            (_("Edit"), "edit", "pencil", may_edit),
            (_("Add a contact"), "person-new", "plus", partial(may, "person.manage")),
            (_("Invite somebody"), "account-new", "user-plus", partial(may, GRANTING)),
            (_("Add a role"), "membership-new", "key", partial(may, GRANTING)),
        )
    ]


def keys_open(actor: Actor, rows: QuerySet[Any]) -> set[int]:
    """Return the keys of the rows that the actor may manage."""
    policy: Any = rows.model
    return set(
        rows.filter(policy.policy.rows(actor, "manage")).values_list("pk", flat=True)
    )


def trail_of(organisation: Organisation | None = None) -> Trail:
    """Return the way to a page below an organisation, or below their list."""
    trail = [(_("Organisations and people"), reverse("organisations:list"))]
    if organisation is not None:
        trail.append((organisation.name, _url_of(organisation)))
    return trail


def organisation_edit(request: HttpRequest, uid: str | None = None) -> HttpResponse:
    """Create or change an organisation."""
    actor = actor_of(request)
    actor.require(MANAGE)
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
        return _url_of(saved)

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
        return _url_of(organisation)

    title = str(row) if row else _("Add a contact")
    button, trail = _("Save"), trail_of(organisation)
    return edit_page(request, form, save, title=title, button=button, trail=trail)


def _stated(row: Any, model: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in on_forms(model)}


WAITS = gettext_lazy("The role waits until somebody else who may give it confirms it.")


def account_new(request: HttpRequest, uid: str) -> HttpResponse:
    """Create an account with a first role and show its one-time invitation link."""
    actor = actor_of(request)
    actor.require("membership.manage")
    organisation = Organisation.objects.get_for(actor, uid=uid)
    form = AccountForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            link, is_given = _create_account(request, organisation, form.cleaned_data)
        except SafelaneError as fault:
            add_fault(form, fault)
        else:
            made = {"organisation": organisation, "link": link, "waits": not is_given}
            return render(request, "organisations/invited.html", made)
    head = frame(actor, _("Invite somebody"), (), trail_of(organisation), "")
    context = {**head, "form": form, "button": _("Save")}
    return render(request, "pages/edit.html", context)


@transaction.atomic
def _create_account(
    request: HttpRequest, organisation: Organisation, facts: dict[str, Any]
) -> tuple[str, bool]:
    """Return the link, and whether the role is given already."""
    by = actor_of(request)
    username, name, language = (facts[n] for n in ("username", "name", "language"))
    user = create_user(username, name, language=language, by=by)
    given = give_role(user, organisation, facts["role"], _term(facts), by=by)
    path = reverse("account_invitation", args=[invite_user(user, by=by)])
    return request.build_absolute_uri(path), given is not None


def membership_new(request: HttpRequest, uid: str) -> HttpResponse:
    """Give an account that exists a further role."""
    actor = actor_of(request)
    actor.require("membership.manage")
    organisation = Organisation.objects.get_for(actor, uid=uid)
    form = MembershipForm(request.POST or None, organisation=organisation)

    def save(facts: dict[str, Any]) -> str:
        user = User.objects.filter(username=facts["username"]).first()
        if user is None:
            raise InvalidInput(_("There is no account of this name."), field="username")
        given = give_role(user, organisation, facts["role"], _term(facts), by=actor)
        messages.success(request, _("Saved.") if given else WAITS)
        return reverse("organisations:detail", args=[uid])

    words = {"title": _("Add a role"), "button": _("Save"), "done": ""}
    return edit_page(request, form, save, trail=trail_of(organisation), **words)


def _term(facts: dict[str, Any]) -> Term:
    return Term(facts["starts"], facts["ends"], facts.get("country"), facts["area"])


@require_POST
def membership_end(request: HttpRequest, uid: str) -> HttpResponse:
    """End a membership at once, or one to come before it begins.

    Yesterday was its last day: whoever is shut out is not let in until midnight.
    """
    membership = Membership.objects.get_for(actor_of(request), uid=uid)
    today, said = timezone.localdate(), _("The membership has ended.")
    first_day_without = today
    if membership.starts and membership.starts > today:
        first_day_without = membership.starts
        said = _("The membership will not begin.")
    end_membership(
        membership, first_day_without - timedelta(days=1), by=actor_of(request)
    )
    messages.success(request, said)
    return redirect("organisations:detail", uid=membership.organisation.uid)


def role_list(request: HttpRequest) -> HttpResponse:
    """Show what each role may do, and how exactly it sees places."""
    actor_of(request).require("membership.view")
    return render(request, "organisations/roles.html", {"roles": Role.objects.all()})


SHOWN = 200


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Show roles that were proposed, the waiting ones first."""
    actor = actor_of(request)
    actor.require(GRANTING)
    rows = MembershipProposal.objects.editable_by(actor, "manage")
    named = ("user", "role", "organisation", "country", "area", "decided_by")
    waiting = rows.filter(
        decided=None
    )  # all of them: one may be older than SHOWN others
    shown = [
        *waiting.select_related(*named),
        *rows.exclude(decided=None).select_related(*named)[:SHOWN],
    ]
    marked = [(row, *state_of(row), *_confirming(row, actor)) for row in shown]
    return render(request, "organisations/proposals.html", {"rows": marked})


def _confirming(row: MembershipProposal, actor: Actor) -> tuple[bool, bool]:
    """Say whether the reader may confirm a role that waits, and whether anybody may."""
    involved = actor.user_id in (row.proposed_by_id, row.user_id)
    if row.decided is not None or (not involved and may_confirm(actor, row)):
        return True, True
    return False, can_be_confirmed(row)


@require_POST
def proposal_decide(request: HttpRequest, uid: str) -> HttpResponse:
    """Confirm a role that somebody else proposed, or refuse it."""
    actor = actor_of(request)
    actor.require(GRANTING)
    proposal = MembershipProposal.objects.get_for(actor, uid=uid)
    accept = request.POST.get("decision") == "confirm"
    decide_proposal(proposal, accept=accept, by=actor)
    done = _("The role is given.") if accept else _("The role is refused.")
    messages.success(request, done)
    return redirect("organisations:proposals")
