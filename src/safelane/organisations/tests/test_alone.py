"""Who gives roles alone: only where nobody else has ever given any."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from safelane.core.history.models import Change
from safelane.core.scope import system_actor
from safelane.hazards.testing import create_report
from safelane.hazards.tests.conftest import claims
from safelane.organisations.actions import (
    create_country,
    create_organisation,
    create_user,
    give_role,
    grant_membership,
    sync_roles,
)
from safelane.organisations.inputs import Term
from safelane.organisations.models import (
    Agreement,
    Country,
    Membership,
    MembershipProposal,
    Organisation,
    Role,
    User,
)
from safelane.organisations.queries import actor_for_user
from safelane.organisations.tests.test_proposals import alone, role, roles_of

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("command line (tests)")
DEAD_END = "Nobody else may do that at the moment"


@pytest.fixture
def administrator():
    """Return the signed-in administrator of a workspace as `init` makes it."""
    sync_roles(by=SYSTEM)
    for pack in ("laos", "azerbaijan"):
        create_country(pack, by=SYSTEM)
    home = create_organisation("Home", "HOME", "authority", country=None, by=SYSTEM)
    user = create_user("admin", "Ada Ministrator", by=SYSTEM)
    grant_membership(user, home, role("administrator"), by=SYSTEM)
    client = Client()
    client.force_login(user)
    for short, code in (("NRA", "LAO"), ("ANAMA", "AZE")):
        facts = {"name": short, "short_name": short, "kind": "authority"}
        facts["country"] = Country.objects.get(code=code).pk
        assert client.post(reverse("organisations:new"), facts).status_code == 302
    return client


def invite(client, username, code, home, **more):
    uid = Organisation.objects.get(short_name=home).uid
    facts = {"username": username, "name": username, "language": "en"}
    url = reverse("organisations:account-new", args=[uid])
    answer = client.post(url, facts | {"role": role(code).pk} | more)
    assert answer.status_code == 200
    return answer.content.decode()


def signed_in(username):
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def page_of(client):
    return client.get(reverse("organisations:proposals")).content.decode()


def test_the_first_people_of_a_second_country_get_their_roles(administrator):
    """Nobody else gives roles in it, so nobody else could ever confirm."""
    for name, home in (("im1", "NRA"), ("azim", "ANAMA")):
        said = invite(administrator, name, "information_manager", home)
        assert "waits" not in said
        assert roles_of(name) == {"information_manager"}
        change = Change.objects.filter(verb="membership.grant").latest("pk")
        assert change.reason.startswith("No second person")
    assert "given by one person alone" in page_of(signed_in("azim"))
    assert "Your role waits" not in signed_in("azim").get("/").content.decode()
    # From now on there are two in each country.
    for name, home, other in (("tl1", "NRA", "im1"), ("tl2", "ANAMA", "azim")):
        invite(administrator, name, "team_leader", home)
        assert roles_of(name) == set()
        row = MembershipProposal.objects.get(user__username=name)
        assert DEAD_END not in page_of(administrator)
        url = reverse("organisations:proposal-decide", args=[row.uid])
        signed_in(other).post(url, {"decision": "confirm"})
        assert roles_of(name) == {"team_leader"}


def test_a_role_that_reaches_a_country_of_others_waits_wherever_it_is_given(
    administrator,
):
    """Else one person would see what another country's people guard."""
    invite(administrator, "im1", "information_manager", "NRA")
    lao = Country.objects.get(code="LAO")
    invite(administrator, "own", "information_manager", "HOME", country=lao.pk)
    invite(administrator, "own2", "team_leader", "HOME")
    anama = Organisation.objects.get(short_name="ANAMA")
    user = User.objects.get(username="admin")
    manager, by = role("information_manager"), actor_for_user(user)
    assert give_role(user, anama, manager, Term(country=lao), by=by) is None
    assert roles_of("own") == roles_of("own2") == set()


def report_of(short, code):
    """Register a hazardous area in the name of an organisation, in a country."""
    home = Organisation.objects.get(short_name=short)
    create_report(
        claims("LA-OLD", geometry=None),
        organisation=home,
        country=Country.objects.get(code=code),
        by=SYSTEM,
    )
    return home


def test_an_organisation_with_records_stays_in_its_country(administrator):
    """Moved to where nobody gives roles, one person would open its records alone."""
    home = report_of("NRA", "LAO")
    url = reverse("organisations:edit", args=[home.uid])
    facts = {"name": "NRA", "short_name": "NRA", "kind": "authority"}
    azerbaijan = Country.objects.get(code="AZE")
    answer = administrator.post(url, facts | {"country": azerbaijan.pk})
    assert "people with roles, records or agreements" in answer.content.decode()
    home.refresh_from_db()
    assert home.country.code == "LAO"


def test_a_role_of_an_organisation_waits_where_its_records_lie(administrator):
    invite(administrator, "im1", "information_manager", "NRA")
    report_of("ANAMA", "LAO")
    invite(administrator, "az", "team_leader", "ANAMA")
    assert roles_of("az") == set()


def agreement(owner, partner, code=None, days=(-9, 9)):
    """Open an organisation's areas to another one, from one day to another."""
    first, last = (timezone.localdate() + timedelta(days=n) for n in days)
    return Agreement.objects.create(
        owner=Organisation.objects.get(short_name=owner),
        partner=Organisation.objects.get(short_name=partner),
        data_classes=["hazard"],
        place_precision="exact",
        country=Country.objects.filter(code=code).first(),
        starts=first,
        ends=last,
    )


@pytest.mark.parametrize("code", ["LAO", None])
@pytest.mark.parametrize("role_code", ["team_leader", "information_manager"])
def test_a_role_waits_where_an_agreement_opens_what_others_guard(
    administrator, code, role_code
):
    invite(administrator, "im1", "information_manager", "NRA")
    agreement("NRA", "ANAMA", code, days=(5, 9))  # also one to come
    invite(administrator, "az", role_code, "ANAMA")
    assert roles_of("az") == set()


def test_an_agreement_of_records_elsewhere_counts_where_they_lie(administrator):
    invite(administrator, "im1", "information_manager", "NRA")
    report_of("HOME", "LAO")
    agreement("HOME", "ANAMA")
    invite(administrator, "az", "team_leader", "ANAMA")
    assert roles_of("az") == set()


def test_an_agreement_that_has_ended_holds_up_nobody(administrator):
    invite(administrator, "im1", "information_manager", "NRA")
    agreement("NRA", "ANAMA", "LAO", days=(-9, -1))
    revoked = agreement("NRA", "ANAMA", "LAO")
    Agreement.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
    invite(administrator, "az", "team_leader", "ANAMA")
    assert roles_of("az") == {"team_leader"}


def test_a_partner_of_an_agreement_stays_in_its_country(administrator):
    agreement("HOME", "NRA", "LAO")
    home = Organisation.objects.get(short_name="NRA")
    facts = {"name": "NRA", "short_name": "NRA", "kind": "authority"}
    facts["country"] = Country.objects.get(code="AZE").pk
    url = reverse("organisations:edit", args=[home.uid])
    assert administrator.post(url, facts).status_code == 200
    home.refresh_from_db()
    assert home.country.code == "LAO"


def test_where_somebody_gave_roles_once_one_person_does_not_again(administrator):
    invite(administrator, "azim", "information_manager", "ANAMA")
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(user__username="azim").update(ends=yesterday)
    invite(administrator, "own", "information_manager", "ANAMA")
    assert roles_of("own") == set()
    assert DEAD_END in page_of(administrator)


def test_a_role_that_reaches_everywhere_waits_and_the_page_says_what_to_do(
    administrator,
):
    """A second administrator alone would confirm whatever the first one proposes."""
    invite(administrator, "im1", "information_manager", "NRA")
    invite(administrator, "admin2", "administrator", "HOME")
    assert roles_of("admin2") == set()
    assert DEAD_END in page_of(administrator)
    # What the page says helps: the account is made on the server.
    home = Organisation.objects.get(short_name="HOME")
    user = create_user("admin3", "Ad Three", by=SYSTEM)
    assert give_role(user, home, role("administrator"), by=SYSTEM) is None
    row = MembershipProposal.objects.get(user=user)
    url = reverse("organisations:proposal-decide", args=[row.uid])
    assert administrator.post(url, {"decision": "confirm"}).status_code == 302
    assert roles_of("admin3") == {"administrator"}
    assert DEAD_END not in page_of(administrator)


def test_the_command_line_gives_alone_where_fewer_than_two_give_roles(administrator):
    invite(administrator, "im1", "information_manager", "NRA")
    user, term = create_user("x", "X", by=SYSTEM), Term()
    for home, is_given in (("NRA", False), ("ANAMA", True)):
        where = Organisation.objects.get(short_name=home)
        given = give_role(user, where, role("team_leader"), term, by=SYSTEM)
        assert (given is not None) is is_given


@pytest.mark.parametrize("failing", ["note_membership", "grant_membership"])
def test_a_role_that_fails_half_way_leaves_no_proposal(
    cast, clients, monkeypatch, failing
):
    """Proposed without a history, nobody could ever confirm it."""
    if failing == "grant_membership":
        alone(cast)

    def locked(*_given, **_facts):
        raise OperationalError("database is locked")

    monkeypatch.setattr(f"safelane.organisations.actions.access.{failing}", locked)
    uid = cast.organisations["aza"].uid
    url = reverse("organisations:membership-new", args=[uid])
    facts = {"username": "farid", "role": role("operations_officer").pk}
    assert clients["petra"].post(url, facts).status_code == 503
    assert not MembershipProposal.objects.exists()


def test_only_who_may_confirm_is_offered_to_confirm(administrator):
    invite(administrator, "im1", "information_manager", "NRA")
    invite(administrator, "admin2", "administrator", "NRA")
    page = page_of(signed_in("im1"))
    assert "admin2" in page and 'value="confirm"' not in page
    invite(administrator, "tl", "team_leader", "NRA")
    assert 'value="confirm"' in page_of(signed_in("im1"))


def test_who_gives_roles_in_one_organisation_counts_there(administrator):
    verbs = ["membership.manage", "hazard.view"]
    made = Role.objects.create(
        code="staff", name="Staff", reach="organisation", verbs=verbs, precision={}
    )
    anama = Organisation.objects.get(short_name="ANAMA")
    user = create_user("staff", "Staff", by=SYSTEM)
    grant_membership(user, anama, made, by=SYSTEM)
    invite(administrator, "az", "team_leader", "ANAMA")
    assert roles_of("az") == set()
