"""Who confirms a role reads every role that waits, and where it counts."""

import pytest
from django.urls import reverse
from django.utils import timezone

from safelane.core.scope import system_actor
from safelane.organisations.actions import decide_proposal, give_role
from safelane.organisations.inputs import Term
from safelane.organisations.models import (
    Membership,
    MembershipProposal,
    Organisation,
    Role,
)
from safelane.organisations.views import people

pytestmark = pytest.mark.django_db
PROPOSALS = reverse("organisations:proposals")


def role(code):
    return Role.objects.get(code=code)


def proposed(cast, **term):
    """Return a role of the Azerbaijani authority that waits."""
    home, by = cast.organisations["aza"], system_actor("command line (root)")
    wanted = role("team_leader")
    assert give_role(cast.users["eve"], home, wanted, Term(**term), by=by) is None
    return MembershipProposal.objects.get()


def test_a_waiting_role_is_shown_however_many_were_decided_since(
    cast, clients, monkeypatch
):
    monkeypatch.setattr(people, "SHOWN", 1)
    waiting = proposed(cast)
    for _time in range(2):
        facts = {"user": waiting.user, "role": role("donor"), "accepted": True}
        MembershipProposal.objects.create(
            **facts, organisation=waiting.organisation, decided=timezone.now()
        )
    page = clients["petra"].get(PROPOSALS).content.decode()
    assert page.count("<article") == 2
    assert page.index(role("team_leader").name) < page.index(role("donor").name)


def test_who_confirms_a_role_reads_in_which_country_it_counts(cast, clients):
    laos = cast.countries["laos"]
    row = proposed(cast, country=laos)
    page = clients["petra"].get(PROPOSALS).content.decode()
    assert f"<dt>Country</dt><dd>{laos}</dd>" in page
    facts = {"user": row.user, "role": row.role, "country": laos}
    Membership.objects.create(organisation=row.organisation, **facts)
    detail = reverse("organisations:detail", args=[row.organisation.uid])
    page = clients["petra"].get(detail).content.decode()
    assert f'<td data-label="Country">{laos}</td>' in page


def test_a_role_without_country_gets_none_when_its_organisation_does(cast):
    home = Organisation.objects.filter(pk=cast.organisations["aza"].pk)
    country = cast.organisations["aza"].country
    home.update(country=None)
    cast.organisations["aza"].refresh_from_db()
    row = proposed(cast)
    home.update(country=country)
    row.proposed_by = cast.users["aysel"]  # else the system would confirm its own
    row.save()
    given = decide_proposal(row, accept=True, by=system_actor())
    assert given.country is None
