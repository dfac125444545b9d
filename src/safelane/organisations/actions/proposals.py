"""Roles that two people give together: one proposes, somebody else confirms."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.errors import Conflict, NotPermitted
from safelane.core.scope import Actor
from safelane.organisations.actions.access import (
    check_dates,
    grant_membership,
    note_membership,
    require_grantable,
)
from safelane.organisations.granting import needs_second_person, two_could_grant
from safelane.organisations.inputs import Term
from safelane.organisations.models import (
    Membership,
    MembershipProposal,
    Organisation,
    Role,
    User,
)
from safelane.organisations.policies import MembershipPolicy


@transaction.atomic
def give_role(
    user: User,
    organisation: Organisation,
    role: Role,
    term: Term | None = None,
    *,
    by: Actor,
) -> Membership | None:
    """Give a role, or propose it where a second person must confirm; then return None.

    Raises:
        BadDates, NotPermitted: As :func:`grant_membership`.
    """
    by.require_in_person()
    term = term or Term()
    check_dates(term.starts, term.ends)
    require_grantable(organisation, role, term, by)
    guarded = needs_second_person(role)
    proposal = MembershipProposal(
        user=user,
        organisation=organisation,
        role=role,
        proposed_by_id=by.user_id,
        proposer=by.name,
        **term.columns,
    )
    if guarded and two_could_grant(now_only=by.is_system):
        proposal.save()
        note_membership("membership.propose", proposal, by)
        return None
    if guarded:  # the managers of the authority are told of it
        proposal.decided, proposal.accepted = timezone.now(), True
        proposal.save()
    return grant_membership(user, organisation, role, term, by=by)


@transaction.atomic
def decide_proposal(
    proposal: MembershipProposal, *, accept: bool, by: Actor
) -> Membership | None:
    """Confirm a proposed role, or refuse it.

    Raises:
        Conflict: It has been decided already.
        NotPermitted: The actor proposed it, would get it, or may not give this role.
    """
    by.require_in_person()
    MembershipPolicy.require_row(by, "manage", proposal)
    locked = MembershipProposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.decided is not None:
        raise Conflict(_("Somebody has decided on this already."))
    if accept and by.user_id in (locked.proposed_by_id, locked.user_id):
        raise NotPermitted(
            _("Somebody else who may give this role must confirm it: not who proposed"
              " it, and not who gets it.")
        )  # fmt: skip
    locked.decided, locked.accepted = timezone.now(), accept
    locked.decided_by_id = by.user_id
    locked.save(update_fields=["decided", "accepted", "decided_by"])
    if not accept:
        note_membership("membership.refuse", locked, by)
        return None
    term = Term(locked.starts, locked.ends, locked.country, locked.area)
    return grant_membership(
        locked.user,
        locked.organisation,
        locked.role,
        term,
        proposed_by=locked.proposer,
        by=by,
    )
