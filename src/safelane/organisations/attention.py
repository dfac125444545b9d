"""What the managers of an authority are told: access that waits, or came lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from safelane.core.facts.words import day_text
from safelane.core.scope import Actor
from safelane.core.ui.attention import Entry, Panel
from safelane.organisations.granting import GRANTING
from safelane.organisations.models import MembershipProposal

TOLD_FOR = timedelta(days=14)
SHOWN = 5


def panels(actor: Actor) -> Sequence[Panel]:
    """Return one's own roles that wait, and what managers of access are told."""
    own = MembershipProposal.objects.filter(user_id=actor.user_id or 0, decided=None)
    waiting = [_own_panel(row) for row in own.select_related("role", "organisation")]
    return [*waiting, *_managed(actor)]


def _own_panel(row: MembershipProposal) -> Panel:
    said = _(
        "“%(role)s” in %(organisation)s waits until somebody who gives roles there "
        "confirms it, other than %(proposer)s, who proposed it on %(date)s."
    ) % {
        "role": row.role,
        "organisation": row.organisation,
        "proposer": row.proposer,
        "date": date_format(timezone.localdate(row.created), "SHORT_DATE_FORMAT"),
    }
    return Panel(_("Your role waits"), "clock", "", empty=said, order=1)


def _managed(actor: Actor) -> Sequence[Panel]:
    """Return proposed roles in reach, and those given in the last fourteen days."""
    if not actor.may(GRANTING):
        return []
    rows = MembershipProposal.objects.editable_by(actor, "manage")
    lately = Q(decided=None) | Q(decided__gte=timezone.now() - TOLD_FOR)
    found = rows.filter(lately).select_related("user", "role", "organisation")
    ordered = sorted(found, key=lambda row: (row.decided is not None, -row.pk))
    if not ordered:
        return []
    return [
        Panel(
            title=_("Access to hazards and victims"),
            icon="shield",
            url=reverse("organisations:proposals"),
            entries=[_entry(row) for row in ordered[:SHOWN]],
            count=len(ordered),
            order=5,
        )
    ]


def _entry(row: MembershipProposal) -> Entry:
    word, tone = state_of(row)
    note = _("%(date)s, proposed by %(name)s") % {
        "date": day_text(timezone.localdate(row.created)),
        "name": row.proposer,
    }
    url = reverse("organisations:proposals")
    return Entry(label=str(row), url=url, note=note, badge=word, tone=tone)


def state_of(row: MembershipProposal) -> tuple[str, str]:
    """Return the state of a proposal in words, and its tone."""
    if row.decided is None:
        return _("waits for a second person"), "warning"
    if not row.accepted:
        return _("refused"), "secondary"
    if row.decided_by_id is None:
        return _("given by one person alone"), "danger"
    return _("confirmed"), "success"
