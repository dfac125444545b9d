"""Roles, memberships and agreements: who may see what, and from when to when.

Roles that open hazards, victims or access two people give together: one proposes,
somebody else confirms.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from importlib import resources
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.domain import house
from safelane.core.errors import Conflict, InvalidInput, NotPermitted
from safelane.core.history.actions import Entry, record
from safelane.core.history.models import Change
from safelane.core.i18n.localize import date_text
from safelane.core.scope import Actor
from safelane.organisations.errors import (
    BadDates,
    LastAdministrator,
    SecondPersonNeeded,
)
from safelane.organisations.granting import (
    leaves_nobody,
    needs_second_person,
    require_grantable,
    require_reach,
    somebody_else_gives,
)
from safelane.organisations.inputs import Opening, Term
from safelane.organisations.models import (
    Agreement,
    Country,
    Membership,
    MembershipProposal,
    Organisation,
    Role,
    User,
)
from safelane.organisations.policies import AgreementPolicy, MembershipPolicy
from safelane.organisations.queries import covers_country

ONE_DAY = timedelta(days=1)


@transaction.atomic
def sync_roles(*, by: Actor) -> list[Role]:
    """Load the built-in roles from ``roles.yaml``; own roles stay as they are."""
    by.require_in_person()
    by.require("admin.manage")
    file = resources.files("safelane.organisations") / "roles.yaml"
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))
    return [sync_role(row, by=by) for row in rows]


ROLE_FACTS = tuple(f.name for f in Role._meta.fields if f.name not in ("id", "code"))


@transaction.atomic
def sync_role(row: dict[str, Any], *, by: Actor) -> Role:
    """Load one built-in role; one that stands as it is given stays untouched."""
    blank: dict[str, Any] = {"names": {}, "description": "", "precision": {}}
    given = blank | row | {"is_built_in": True}
    facts = {name: given[name] for name in ROLE_FACTS}
    role = Role.objects.filter(code=row["code"]).first()
    before = {name: getattr(role, name) for name in facts} if role else None
    if role and before == facts:
        return role
    role, _created = Role.objects.update_or_create(code=row["code"], defaults=facts)
    entry = Entry(None, "admin.sync_role", "role", role.code, role.name, before, facts)
    record(entry, by=by)
    return role


@transaction.atomic
def grant_membership(
    user: User,
    organisation: Organisation,
    role: Role,
    term: Term | None = None,
    *,
    proposed_by: str = "",
    by: Actor,
) -> Membership:
    """Give a person a role in an organisation, for an area and a time.

    Its country is written down: it does not move with the organisation.

    Args:
        proposed_by: Name of the first of two people; :func:`give_role` asks for both.

    Raises:
        BadDates: The end lies before the beginning.
        NotPermitted: The organisation is outside the actor's reach, or the role opens
            more than the actor's own roles do.
        SecondPersonNeeded: Two people can give this role, and only one does.
    """
    by.require_in_person()
    term = term or Term()
    if not proposed_by:  # else its country was written down when it was proposed
        term = term.given_in(organisation)
    check_dates(term.starts, term.ends)
    require_grantable(organisation, role, term, by)
    reason = _("Proposed by %(name)s.") % {"name": proposed_by} if proposed_by else ""
    if not proposed_by and needs_second_person(role):
        reason = _alone(role, organisation, term, by)
    membership = Membership.objects.create(
        user=user, organisation=organisation, role=role, **term.columns
    )
    note_membership("membership.grant", membership, by, reason)
    return membership


def _alone(role: Role, organisation: Organisation, term: Term, by: Actor) -> str:
    """Return why no second person was needed.

    Raises:
        SecondPersonNeeded: One is.
    """
    if not somebody_else_gives(role, organisation, term, by):
        return _("No second person: fewer than two people could give roles there.")
    if by.is_system:
        return ""
    raise SecondPersonNeeded(
        _("This role opens hazards, victims or access: propose it, and let somebody"
          " else who may give it confirm.")
    )  # fmt: skip


def require_country(country: Country, verb: str, by: Actor) -> None:
    """Raise NotPermitted or SignInNeeded unless this is open in the whole country."""
    by.require(verb)
    if not covers_country(by, verb, country):
        message = _("“%(name)s” is outside your reach.")
        raise NotPermitted(message % {"name": country.name})


@transaction.atomic
def end_membership(membership: Membership, ends: date, *, by: Actor) -> Membership:
    """End a membership on a day; it never begins if that is the day before it would.

    Raises:
        BadDates: It begins later still, or has ended by then: that would open it again.
        LastAdministrator: Nobody would be left to run the installation.
    """
    by.require_in_person()
    MembershipPolicy.require_row(by, "manage", membership)
    held = Membership.objects.select_for_update().get(pk=membership.pk)
    if held.starts is None or ends != held.starts - ONE_DAY:
        check_dates(held.starts, ends)
    if held.ends is not None and ends >= held.ends:
        message = _("It ends on %(ends)s already: choose an earlier day.")
        raise BadDates(message % {"ends": date_text(held.ends)}, field="ends")
    _keep_one_administrator(held, ends)
    held.ends = ends
    held.save(update_fields=["ends"])
    note_membership("membership.end", held, by)
    return held


def _keep_one_administrator(membership: Membership, ends: date) -> None:
    without = max(ends + ONE_DAY, timezone.localdate())  # the first day
    if leaves_nobody(without, pk=membership.pk):
        said = _("Appoint another administrator first: nobody else could run this.")
        raise LastAdministrator(said)


@transaction.atomic
def make_agreement(opening: Opening, term: Term, *, by: Actor) -> Agreement:
    """Open data classes of one organisation to another for a time.

    Raises:
        InvalidInput: A data class cannot be shared, or no term is given.
        BadDates: The end lies before the beginning.
    """
    by.require("agreement.manage")
    by.require_in_person()
    starts, ends = _check_opening(opening, term)
    # It opens what the owner has anywhere, also beyond the area of a role.
    require_reach(opening.owner, "agreement.manage", by.for_whole_reach())
    agreement = Agreement.objects.create(
        **{name: getattr(opening, name) for name in ("owner", "partner", "purpose")},
        data_classes=list(opening.data_classes),
        place_precision=opening.precision,
        country=term.country,
        starts=starts,
        ends=ends,
    )
    _note_agreement("agreement.make", agreement, "", by)
    return agreement


def _check_opening(opening: Opening, term: Term) -> tuple[date, date]:
    """Return the first and the last day of an agreement that can be made."""
    if term.starts is None or term.ends is None:
        raise InvalidInput(_("An agreement needs a first and a last day."))
    check_dates(term.starts, term.ends)
    known = house().shareable
    unknown = [name for name in opening.data_classes if name not in known]
    if unknown or not opening.data_classes:
        said = {"names": ", ".join(unknown) or "–", "open": ", ".join(known)}
        message = _(
            "These data classes cannot be shared: %(names)s. Choose from: %(open)s."
        )
        raise InvalidInput(message % said, field="data_classes")
    if opening.owner == opening.partner:
        raise InvalidInput(_("An organisation needs no agreement with itself."))
    return term.starts, term.ends


@transaction.atomic
def revoke_agreement(agreement: Agreement, reason: str, *, by: Actor) -> Agreement:
    """End an agreement at once, with a reason."""
    by.require_in_person()
    AgreementPolicy.require_row(by, "manage", agreement)
    if not reason.strip():
        raise InvalidInput(_("Give a reason."), field="reason")
    if agreement.revoked_at is not None:
        raise Conflict(_("This agreement has been revoked already."))
    agreement.revoked_at = timezone.now()
    agreement.save(update_fields=["revoked_at"])
    _note_agreement("agreement.revoke", agreement, reason, by)
    return agreement


def check_dates(starts: date | None, ends: date | None) -> None:
    """Raise BadDates when the end lies before the beginning."""
    if starts and ends and ends < starts:
        message = _("The end (%(ends)s) lies before the beginning (%(starts)s).")
        said = {"ends": date_text(ends), "starts": date_text(starts)}
        raise BadDates(message % said, field="ends")


def membership_facts(membership: Membership | MembershipProposal) -> dict[str, Any]:
    """Return what the history keeps of a membership, given or proposed."""
    return {
        "user": membership.user.username,
        "role": membership.role.code,
        "country": membership.country_id,
        "area": membership.area_id,
        "starts": membership.starts,
        "ends": membership.ends,
    }


def note_membership(
    verb: str, row: Membership | MembershipProposal, by: Actor, reason: str = ""
) -> None:
    """Write what was done with a membership into the chain of its organisation."""
    home, uid, after = row.organisation_id, row.uid, membership_facts(row)
    entry = Entry(home, verb, "membership", uid, str(row), None, after, reason)
    record(entry, by=by)


def agreement_facts(agreement: Agreement) -> dict[str, Any]:
    """Return what the history keeps of an agreement."""
    return {
        "partner": agreement.partner.short_name,
        "data_classes": agreement.data_classes,
        "precision": agreement.place_precision,
        "country": None if agreement.country is None else agreement.country.code,
        "purpose": agreement.purpose,
        "starts": agreement.starts,
        "ends": agreement.ends,
        "revoked_at": agreement.revoked_at,
    }


def _note_agreement(verb: str, agreement: Agreement, reason: str, by: Actor) -> None:
    home, uid, after = agreement.owner_id, agreement.uid, agreement_facts(agreement)
    entry = Entry(home, verb, "agreement", uid, str(agreement), None, after, reason)
    record(entry, by=by)


def _need_country(role: Role, term: Term) -> None:
    """Refuse a role for a country that names none."""
    names = ", ".join(map(str, Country.objects.order_by("name")))
    if role.reach == "country" and term.country is None and names:
        said = _("Say in which country the role “%(role)s” holds: its organisation "
                 "works in several. Countries here: %(countries)s.")  # fmt: skip
        raise InvalidInput(said % {"role": role, "countries": names}, field="country")


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
        InvalidInput: The role is one for a country, and none is named.
    """
    by.require_in_person()
    term = (term or Term()).given_in(organisation)
    check_dates(term.starts, term.ends)
    _need_country(role, term)
    require_grantable(organisation, role, term, by)
    guarded = needs_second_person(role)
    proposal = MembershipProposal(
        user=user, organisation=organisation, role=role, **term.columns
    )
    proposal.proposed_by_id, proposal.proposer = by.user_id, by.name
    if guarded and somebody_else_gives(role, organisation, term, by):
        proposal.save()
        note_membership("membership.propose", proposal, by)
        return None
    if guarded:  # the managers of the authority are told of it
        proposal.decided, proposal.accepted = timezone.now(), True
        proposal.save()
    return grant_membership(user, organisation, role, term, by=by)


def _was_proposed(proposal: MembershipProposal) -> bool:
    """Say whether the history tells of a proposal with the facts that it has now."""
    told = Change.objects.filter(
        verb="membership.propose",
        object_id=str(proposal.uid),
        organisation_id=proposal.organisation_id,
    )
    after = told.order_by("-seq").values_list("after", flat=True).first()
    facts = {n: None if v is None else str(v) for n, v in said_facts(after).items()}
    now = membership_facts(proposal).items()
    return facts == {n: None if v is None else str(v) for n, v in now}


def said_facts(after: str | None) -> dict[str, Any]:
    """Return the facts that a change of the history holds."""
    found: dict[str, Any] = json.loads(after or "{}")
    return found


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
    if accept and not _was_proposed(locked):
        raise Conflict(
            _("The history does not tell of this proposal as it stands, so it was not "
              "made here. Refuse it, and let the role be proposed anew.")
        )  # fmt: skip
    locked.decided, locked.accepted = timezone.now(), accept
    locked.decided_by_id = by.user_id
    locked.save(update_fields=["decided", "accepted", "decided_by"])
    if not accept:
        note_membership("membership.refuse", locked, by)
        return None
    user, home, role = locked.user, locked.organisation, locked.role
    term = Term(locked.starts, locked.ends, locked.country, locked.area)
    return grant_membership(user, home, role, term, proposed_by=locked.proposer, by=by)
