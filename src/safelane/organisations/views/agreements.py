"""Agreements: what one organisation opens to another, and until when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from safelane.core.domain import house
from safelane.core.pages import (
    Action,
    Emptiness,
    Listing,
    Section,
    edit_page,
    list_page,
    record_page,
    state,
    text,
)
from safelane.core.pages.listing import Column
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of
from safelane.organisations.actions import make_agreement, revoke_agreement
from safelane.organisations.forms import PRECISIONS, AgreementForm
from safelane.organisations.inputs import Opening, Term
from safelane.organisations.models import Agreement
from safelane.organisations.queries import organisations_in_reach


def state_of(row: Agreement) -> tuple[str, str, str]:
    """Return in a word whether an agreement is in force, its tone and no icon."""
    today = timezone.localdate()
    if row.revoked_at:
        return _("Revoked"), "danger", ""
    if row.ends < today:
        return _("Ended"), "secondary", ""
    if row.starts > today:
        return _("Not yet in force"), "secondary", ""
    return _("In force"), "success", ""


def precision_label(row: Agreement) -> str:
    return str(dict(PRECISIONS).get(row.place_precision, ""))


def data_labels(row: Agreement) -> str:
    known = house().data_classes
    return ", ".join(str(known[name].label) for name in row.data_classes)


def _listing() -> Listing:
    title, about = _("No agreement yet"), _(
        "By an agreement one organisation opens named kinds of data to another, for a"
        " time and at a chosen precision. Without one, nobody outside sees anything."
    )  # fmt: skip
    new = reverse("organisations:agreement-new")
    return Listing(
        name="agreements",
        title=_("Agreements"),
        verb="agreement.view",
        columns=(
            Column("parties", _("Agreement"), str, url=_url_of),
            state("state", _("Status"), state_of),
            text("purpose", _("Purpose")),
            Column("data", _("Data opened"), data_labels),
            Column("precision", _("Precision of places"), precision_label),
            text("starts", _("From"), order="starts"),
            text("ends", _("Until"), order="ends"),
        ),
        empty=Emptiness(title, about, "file-certificate"),
        order="-starts",
        actions=(Action(_("New agreement"), new, "plus", main=True, shown_if=owners),),
    )


def owners(actor: Actor) -> set[int]:
    """Return the organisations whose data an actor may open to others."""
    return organisations_in_reach(actor.for_whole_reach(), MANAGE)


def _url_of(row: Agreement) -> str:
    return reverse("organisations:agreement", args=[row.uid])


MANAGE = "agreement.manage"
RELATED = ("owner", "partner", "country")


@require_safe
def agreement_list(request: HttpRequest) -> HttpResponse:
    """Show agreements given and received."""
    rows = Agreement.objects.visible_to(actor_of(request)).select_related(*RELATED)
    return list_page(request, _listing(), rows)


@require_safe
def agreement_detail(request: HttpRequest, uid: str) -> HttpResponse:
    """Show what one agreement opens; who may end it does so here."""
    actor = actor_of(request)
    row = Agreement.objects.select_related(*RELATED).get_for(actor, uid=uid)
    facts = (
        (_("Owner of the data"), row.owner.name),
        (_("Partner"), row.partner.name),
        (_("Purpose"), row.purpose),
        (_("Data opened"), data_labels(row)),
        (_("Precision of places"), precision_label(row)),
        (_("Country"), row.country),
        (_("From"), row.starts),
        (_("Until"), row.ends),
    )
    sections = [Section(_("Agreement"), facts, icon="file-certificate")]
    own = Agreement.objects.editable_by(actor, "manage").filter(pk=row.pk)
    if own.exists() and not row.revoked_at and row.ends >= timezone.localdate():
        form = "organisations/parts/revoke.html"
        sections.append(Section(_("Revoke"), (), form, icon="x"))
    trail = [(_("Agreements"), reverse("organisations:agreements"))]
    shown: dict[str, Any] = {
        "badge": state_of(row)[:2],
        "trail": trail,
        "agreement": row,
    }
    return record_page(request, str(row), sections, **shown)


def agreement_new(request: HttpRequest) -> HttpResponse:
    """Open data classes to a partner for a time."""
    actor = actor_of(request)
    actor.require(MANAGE)
    form = AgreementForm(request.POST or None, actor=actor)
    agreements = reverse("organisations:agreements")

    def save(facts: dict[str, Any]) -> str:
        names = ("owner", "partner", "data_classes", "precision", "purpose")
        opening = Opening(*(facts[name] for name in names))
        make_agreement(opening, Term(facts["starts"], facts["ends"]), by=actor)
        return agreements

    done = _("The agreement is in force from its first day.")
    words = {"title": _("New agreement"), "button": _("Save"), "done": done}
    trail = [(_("Agreements"), agreements)]
    return edit_page(request, form, save, trail=trail, **words)


@require_POST
def agreement_revoke(request: HttpRequest, uid: str) -> HttpResponse:
    """End an agreement at once."""
    agreement = Agreement.objects.get_for(actor_of(request), uid=uid)
    revoke_agreement(agreement, request.POST.get("reason", ""), by=actor_of(request))
    messages.success(request, _("The agreement is revoked."))
    return redirect("organisations:agreements")
