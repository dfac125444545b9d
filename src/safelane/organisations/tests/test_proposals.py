"""Roles lie within the giver's own, and two people give what opens hazards."""

from datetime import date, timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from safelane.core.errors import Conflict, NotPermitted
from safelane.core.history.models import Change
from safelane.core.scope import system_actor
from safelane.organisations.actions import (
    create_user,
    decide_proposal,
    give_role,
    grant_membership,
    make_agreement,
)
from safelane.organisations.errors import SecondPersonNeeded
from safelane.organisations.granting import needs_second_person
from safelane.organisations.inputs import Opening, Term
from safelane.organisations.models import (
    AdminArea,
    Membership,
    MembershipProposal,
    Organisation,
    Role,
    User,
)
from safelane.organisations.queries import actor_for_user

pytestmark = pytest.mark.django_db
PROPOSALS = reverse("organisations:proposals")


def role(code):
    return Role.objects.get(code=code)


def own_role(code, *verbs, reach="organisation", **precision):
    return Role.objects.create(
        code=code, name=code, reach=reach, verbs=list(verbs), precision=precision
    )


def roles_of(name):
    rows = Membership.objects.filter(user__username=name)
    return set(rows.values_list("role__code", flat=True))


def account(code, username="newcomer"):
    facts = {"username": username, "name": "New Comer", "language": "en"}
    return facts | {"role": role(code).pk}


def propose(clients, cast, who="aysel", code="operations_officer", home="aza"):
    uid = cast.organisations[home].uid
    url = reverse("organisations:account-new", args=[uid])
    return clients[who].post(url, account(code))


def decide(client, decision="confirm"):
    row = MembershipProposal.objects.get()
    url = reverse("organisations:proposal-decide", args=[row.uid])
    return client.post(url, {"decision": decision})


@pytest.mark.parametrize(
    ("code", "guarded"),
    [
        ("administrator", True),
        ("information_manager", True),
        ("operations_officer", True),
        ("operator_checker", True),
        ("team_leader", True),
        ("reader", False),
        ("regional_coordinator", False),
        ("donor", False),
        ("public", False),
    ],
)
def test_which_roles_two_people_give(cast, code, guarded):
    assert needs_second_person(role(code)) is guarded


@pytest.mark.parametrize(
    ("verb", "guarded"),
    [
        ("hazard.view", True),
        ("victim.reveal", True),
        ("something_new.view", True),
        ("membership.manage", True),
        ("membership.view", False),
        ("agreement.manage", True),
        ("*", True),
        ("statistics.view", False),
        ("prior.run", False),
    ],
)
def test_which_verbs_make_a_role_one_of_two_people(cast, verb, guarded):
    assert needs_second_person(own_role("own", verb)) is guarded


def test_looking_at_coarse_places_needs_no_second_person_but_editing_does(cast):
    coarse = {"hazard": "cell"}
    assert not needs_second_person(own_role("a", "hazard.view", **coarse))
    assert needs_second_person(own_role("b", "hazard.edit", **coarse))
    assert needs_second_person(own_role("c", "hazard.*", **coarse))


def test_a_proposed_role_opens_nothing_until_somebody_else_confirms(cast, clients):
    page = propose(clients, cast).content.decode()
    assert "waits until somebody else" in page
    assert roles_of("newcomer") == set()
    assert actor_for_user(User.objects.get(username="newcomer")).grants == ()
    assert decide(clients["aysel"]).status_code == 403
    assert roles_of("newcomer") == set()
    assert decide(clients["petra"]).status_code == 302
    assert roles_of("newcomer") == {"operations_officer"}
    change = Change.objects.get(
        verb="membership.grant", object_label__contains="New Comer"
    )
    assert change.actor_name == "Petra Novak"
    assert change.reason == "Proposed by Aysel Mammadova."
    assert Change.objects.filter(verb="membership.propose").count() == 1


def test_who_waits_for_a_role_learns_that_and_for_whom(cast, clients):
    propose(clients, cast)
    newcomer, client = User.objects.get(username="newcomer"), Client()
    client.force_login(newcomer)
    home = client.get("/").content.decode()
    assert "Operations officer" in home and "other than Aysel Mammadova" in home
    assert "no role so far" not in home
    other = clients["bounmy"].get("/").content.decode()
    assert "Your role waits" not in other
    decide(clients["petra"])
    assert "Your role waits" not in client.get("/").content.decode()


def test_both_names_and_the_state_stand_on_the_managers_home_page(cast, clients):
    propose(clients, cast)
    for person in ("aysel", "petra"):
        home = clients[person].get("/").content.decode()
        assert "New Comer: Operations officer" in home
        assert "waits for a second person" in home
        assert "proposed by Aysel Mammadova" in home
    for person in ("noy", "farid", "dara"):
        assert "New Comer" not in clients[person].get("/").content.decode()
    decide(clients["petra"])
    assert "confirmed" in clients["aysel"].get("/").content.decode()


def test_a_refused_role_is_never_given(cast, clients):
    propose(clients, cast)
    assert decide(clients["petra"], "refuse").status_code == 302
    assert decide(clients["petra"]).status_code == 409
    assert roles_of("newcomer") == set()
    assert Change.objects.filter(verb="membership.refuse").count() == 1


def test_another_country_and_people_without_the_right_decide_nothing(cast, clients):
    propose(clients, cast)
    assert decide(clients["noy"]).status_code == 404
    assert decide(clients["farid"]).status_code == 403
    assert clients["farid"].get(PROPOSALS).status_code == 403
    assert "New Comer" not in clients["noy"].get(PROPOSALS).content.decode()
    assert roles_of("newcomer") == set()


def test_who_gets_the_role_does_not_confirm_it(cast):
    aysel, petra = cast.actor("aysel"), cast.actor("petra")
    give_role(
        cast.users["aysel"],
        cast.organisations["azo"],
        role("operator_checker"),
        by=petra,
    )
    row = MembershipProposal.objects.get()
    with pytest.raises(NotPermitted, match="not who gets it"):
        decide_proposal(row, accept=True, by=aysel)


def test_an_administrator_does_not_become_information_manager_alone(cast, clients):
    uid = cast.organisations["aza"].uid
    url = reverse("organisations:membership-new", args=[uid])
    facts = {"username": "petra", "role": role("information_manager").pk}
    assert clients["petra"].post(url, facts).status_code == 302
    assert roles_of("petra") == {"administrator"}
    assert decide(clients["petra"]).status_code == 403
    # Ending the others' roles does not make it a matter of one person either.
    Membership.objects.exclude(user=cast.users["petra"]).update(
        ends=date.today() - timedelta(days=1)
    )
    MembershipProposal.objects.all().delete()
    assert clients["petra"].post(url, facts).status_code == 302
    assert roles_of("petra") == {"administrator"}
    with pytest.raises(SecondPersonNeeded):
        grant_membership(
            cast.users["petra"],
            cast.organisations["aza"],
            role("information_manager"),
            by=cast.actor("petra"),
        )


def manager_of_one(cast):
    """Return a person who may give roles in one organisation, and sees no hazard."""
    made = own_role("granter", "membership.*", "person.*", "organisation.view")
    user = create_user("mallory", "Mallory", by=system_actor())
    grant_membership(user, cast.organisations["azo"], made, by=system_actor())
    return actor_for_user(user)


@pytest.mark.parametrize(
    "code",
    ["information_manager", "team_leader", "reader", "administrator", "donor"],
)
def test_a_manager_gives_nothing_beyond_the_own_role(cast, code):
    mallory = manager_of_one(cast)
    home = cast.organisations["azo"]
    for user in (User.objects.get(username="mallory"), cast.users["eve"]):
        with pytest.raises(NotPermitted):
            give_role(user, home, role(code), by=mallory)
    assert not MembershipProposal.objects.exists()


@pytest.mark.parametrize(
    ("verbs", "reach", "precision", "allowed"),
    [
        (["membership.view"], "organisation", {}, True),
        (["membership.manage"], "organisation", {}, True),
        (["membership.*", "person.view"], "organisation", {}, True),
        (["membership.manage"], "country", {}, False),
        (["membership.manage"], "all", {}, False),
        (["membership.manage", "hazard.view"], "organisation", {}, False),
        (["hazard.view"], "organisation", {"hazard": "district"}, False),
        (["*"], "organisation", {}, False),
    ],
)
def test_an_own_role_is_measured_like_a_built_in_one(
    cast, verbs, reach, precision, allowed
):
    mallory = manager_of_one(cast)
    wanted = own_role("wanted", *verbs, reach=reach, **precision)
    user, home = cast.users["eve"], cast.organisations["azo"]
    if allowed:
        give_role(user, home, wanted, by=mallory)
    else:
        with pytest.raises(NotPermitted):
            give_role(user, home, wanted, by=mallory)


def test_a_manager_of_a_district_gives_no_role_beyond_it(cast):
    user, by = create_user("mallory", "Mallory", by=system_actor()), system_actor()
    areas = {area.code: area for area in AdminArea.objects.all()}
    held = own_role("m", "membership.*", reach="country")
    home, district = cast.organisations["azo"], Term(area=areas["azerbaijan-10"])
    grant_membership(user, home, held, district, by=by)
    mallory, viewing = actor_for_user(user), own_role("v", "membership.view")
    give = partial(give_role, cast.users["eve"], home, viewing, by=mallory)
    for code in ("", "azerbaijan-1", "azerbaijan-11", "azerbaijan-110"):
        with pytest.raises(NotPermitted):
            give(Term(area=areas.get(code)))
    for code in ("azerbaijan-10", "azerbaijan-101"):
        assert give(Term(area=areas[code]))


def test_what_an_agreement_opens_is_not_passed_on(cast):
    """A partner's manager sees the owner's hazards; the owner says who else does."""
    user, by = create_user("mallory", "Mallory", by=system_actor()), system_actor()
    owner, partner = cast.organisations["azo"], cast.organisations["aza"]
    looking = own_role("looks", "hazard.view")
    for held in (own_role("m", "membership.*", reach="country"), looking):
        grant_membership(user, partner, held, by=by)
    today = date.today()
    opening = Opening(owner, partner, ("hazard",), "exact", "made for tests")
    make_agreement(opening, Term(today, today + timedelta(days=9)), by=by)
    mallory = actor_for_user(user)
    assert owner.pk in {g.organisation_id for g in mallory.grants_for("hazard.view")}
    with pytest.raises(NotPermitted):
        give_role(cast.users["eve"], owner, looking, by=mallory)
    give_role(cast.users["eve"], partner, looking, by=mallory)


def test_a_coarse_manager_gives_no_exact_view(cast):
    coarse = {"hazard": "cell"}
    made = own_role("m", "membership.*", "hazard.view", reach="country", **coarse)
    user = create_user("mallory", "Mallory", by=system_actor())
    home = cast.organisations["aza"]
    grant_membership(user, home, made, by=system_actor())
    mallory = actor_for_user(user)
    exact = own_role("exact", "hazard.view")
    same = own_role("same", "hazard.view", **coarse)
    with pytest.raises(NotPermitted):
        give_role(cast.users["eve"], home, exact, by=mallory)
    assert give_role(cast.users["eve"], home, same, by=mallory)


def alone(cast):
    """Leave the installation as it is after `init`: one person who gives roles."""
    Membership.objects.exclude(user=cast.users["petra"]).delete()


def test_until_there_are_two_one_person_gives_roles_and_the_history_says_so(
    cast, clients
):
    alone(cast)
    propose(clients, cast, who="petra", code="information_manager")
    assert roles_of("newcomer") == {"information_manager"}
    change = Change.objects.filter(verb="membership.grant").latest("pk")
    assert change.reason.startswith("No second person: fewer than two people")
    assert "given by one person alone" in clients["petra"].get("/").content.decode()
    # From now on there are two.
    uid = cast.organisations["aza"].uid
    url = reverse("organisations:membership-new", args=[uid])
    facts = {"username": "farid", "role": role("operations_officer").pk}
    clients["petra"].post(url, facts)
    assert roles_of("farid") == set()


def test_the_command_line_proposes_where_two_can_confirm(cast):
    user, home = cast.users["eve"], cast.organisations["aza"]
    by = system_actor("command line (root)")
    assert give_role(user, home, role("team_leader"), by=by) is None
    assert give_role(user, home, role("reader"), by=by) is not None
    row = MembershipProposal.objects.get()
    assert decide_proposal(row, accept=True, by=cast.actor("petra"))
    with pytest.raises(Conflict):
        decide_proposal(row, accept=True, by=cast.actor("petra"))


def test_what_is_confirmed_is_the_country_that_was_proposed(cast):
    home, by = cast.organisations["aza"], cast.actor("aysel")
    country = home.country
    assert give_role(cast.users["eve"], home, role("team_leader"), by=by) is None
    Organisation.objects.filter(pk=home.pk).update(country=cast.countries["laos"])
    row = MembershipProposal.objects.get()
    given = decide_proposal(row, accept=True, by=system_actor())
    assert given.country == country


def test_the_command_line_helps_whoever_is_left(cast):
    yesterday = date.today() - timedelta(days=1)
    others = Membership.objects.exclude(user=cast.users["petra"])
    others.update(ends=yesterday)
    by = system_actor("command line (root)")
    given = give_role(
        cast.users["eve"],
        cast.organisations["aza"],
        role("information_manager"),
        by=by,
    )
    assert given is not None
    change = Change.objects.filter(verb="membership.grant").latest("pk")
    assert change.reason.startswith("No second person")


@pytest.mark.parametrize("changed", ["nothing", "history", "area"])
def test_only_what_the_history_tells_of_is_confirmed(cast, changed):
    """A proposal that was written past the product gives nobody a role."""
    home, by = cast.organisations["aza"], cast.actor("aysel")
    assert give_role(cast.users["eve"], home, role("team_leader"), by=by) is None
    row = MembershipProposal.objects.get()
    if changed == "history":
        MembershipProposal.objects.update(uid=uuid4())
    if changed == "area":
        MembershipProposal.objects.update(area=home.country.areas.first())
    row = MembershipProposal.objects.get()
    if changed == "nothing":
        assert decide_proposal(row, accept=True, by=system_actor()) is not None
        return
    with pytest.raises(Conflict, match="history does not tell"):
        decide_proposal(row, accept=True, by=system_actor())
    assert roles_of("eve") == set()
