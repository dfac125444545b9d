"""Who may give, open and end access: within their reach, and never beyond it."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.scope import system_actor
from safelane.organisations.actions import (
    end_membership,
    grant_membership,
    make_agreement,
    revoke_agreement,
    update_organisation,
)
from safelane.organisations.errors import BadDates
from safelane.organisations.inputs import Opening, Term
from safelane.organisations.models import (
    AdminArea,
    Agreement,
    Membership,
    Role,
)
from safelane.organisations.models.access import in_force
from safelane.organisations.signin.actions import invite_user, revoke_sessions

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()
TODAY = date(2026, 6, 1)
YEAR = Term(date(2026, 1, 1), date(2026, 12, 31))


def test_access_is_given_opened_and_ended_in_reach_only(cast):
    """Also where the membership is to count in a country within the giver's reach."""
    here, there = cast.organisations["azo"], cast.organisations["lao"]
    aysel, today, eve = cast.actor("aysel"), timezone.localdate(), cast.users["eve"]
    ends = today + timedelta(days=1)
    term = Term(today, ends, country=cast.countries["azerbaijan"])
    reader = Role.objects.get(code="reader")
    mine = Opening(here, there, ("hazard",), "exact", "made for tests")
    theirs = replace(mine, owner=there, partner=cast.organisations["laa"])
    assert make_agreement(mine, term, by=aysel).owner == here
    agreement = make_agreement(theirs, term, by=SYSTEM)
    held = [grant_membership(eve, here, reader, term, by=aysel)]
    held.append(grant_membership(eve, there, reader, term, by=SYSTEM))
    assert end_membership(held[0], today, by=aysel)
    outside = [
        partial(grant_membership, eve, there, reader, term),
        partial(make_agreement, theirs, term),
        partial(end_membership, held[1], today),
        partial(revoke_agreement, agreement, "made for tests"),
    ]
    for act in outside:
        with pytest.raises(NotPermitted, match="outside"):
            act(by=aysel)


def test_ending_a_role_opens_none_again(cast, clients):
    """Neither by a second click, nor by the address of the button of an ended role."""
    held = Membership.objects.get(user=cast.users["farid"])
    today = timezone.localdate()
    Membership.objects.filter(pk=held.pk).update(ends=today - timedelta(days=30))
    url = reverse("organisations:membership-end", args=[held.uid])
    assert clients["aysel"].post(url).status_code == 422
    for day in (today, today - timedelta(days=30)):
        with pytest.raises(BadDates, match="already"):
            end_membership(held, day, by=SYSTEM)
    held.refresh_from_db()
    assert held.ends == today - timedelta(days=30) and not held.can_end
    earlier = end_membership(held, today - timedelta(days=31), by=SYSTEM)
    assert earlier.ends == today - timedelta(days=31)


@pytest.mark.parametrize(("starts", "ends"), [(None, 9), (-9, 9), (7, None), (7, 9)])
def test_a_role_with_an_end_or_one_to_come_is_ended_on_the_page(
    cast, clients, starts, ends
):
    held = Membership.objects.get(user=cast.users["farid"])
    today, days = timezone.localdate(), {"starts": starts, "ends": ends}
    given = {n: d if d is None else today + timedelta(d) for n, d in days.items()}
    Membership.objects.filter(pk=held.pk).update(**given)
    page = reverse("organisations:detail", args=[held.organisation.uid])
    url = reverse("organisations:membership-end", args=[held.uid])
    assert url in clients["aysel"].get(page).content.decode()
    assert clients["aysel"].post(url).status_code == 302
    open_after = Membership.objects.filter(pk=held.pk)
    for day in (1, 7, 8):
        assert not open_after.filter(in_force(today + timedelta(day))).exists()
    assert url not in clients["aysel"].get(page).content.decode()
    assert clients["aysel"].post(url).status_code == 422


@pytest.mark.parametrize("area", ["azerbaijan-11", "azerbaijan-10", None])
def test_a_manager_of_one_area_invites_people_for_that_area(cast, area):
    own = AdminArea.objects.get(code="azerbaijan-11")
    home, manager = cast.organisations["aza"], cast.users["eve"]
    role = Role.objects.get(code="information_manager")
    grant_membership(manager, home, role, Term(area=own), by=SYSTEM)
    person = cast.with_role("new", None, [])
    reader = Role.objects.get(code="reader")
    where = AdminArea.objects.get(code=area) if area else None
    grant_membership(person, home, reader, Term(area=where), by=SYSTEM)
    if where == own:
        assert invite_user(person, by=cast.actor("eve"))
        return
    with pytest.raises(NotPermitted):
        invite_user(person, by=cast.actor("eve"))


def test_nobody_makes_an_agreement_with_themselves(cast):
    home, today = cast.organisations["azo"], timezone.localdate()
    opening = Opening(home, home, ("hazard",), "exact", "made for tests")
    with pytest.raises(InvalidInput, match="with itself"):
        make_agreement(opening, Term(today, today), by=SYSTEM)


def test_a_manager_of_one_area_decides_on_nothing_beyond_it(cast):
    """No agreement, no organisation, no role of others, no way into their accounts."""
    area = AdminArea.objects.get(code="azerbaijan-11")
    home, user = cast.organisations["aza"], cast.users["eve"]
    manager = Role.objects.get(code="information_manager")
    grant_membership(user, home, manager, Term(area=area), by=SYSTEM)
    by, given = cast.actor("eve"), Agreement.objects.get()
    shared = Opening(home, cast.organisations["par"], ("hazard",), "exact", "x")
    national = Membership.objects.get(user=cast.users["aysel"])
    for act in (
        partial(make_agreement, shared, YEAR),
        partial(revoke_agreement, given, "x"),
        partial(end_membership, national, TODAY),
        partial(update_organisation, home, {"is_active": False}),
        partial(invite_user, cast.users["farid"]),
        partial(revoke_sessions, cast.users["gunay"]),
    ):
        with pytest.raises(NotPermitted):
            act(by=by)
    assert Membership.objects.visible_to(by).filter(pk=national.pk).exists()
    assert Agreement.objects.visible_to(by).filter(pk=given.pk).exists()
    own = grant_membership(
        cast.users["vera"], home, manager, Term(area=area), by=SYSTEM
    )
    assert end_membership(own, TODAY, by=by).ends == TODAY


@pytest.mark.parametrize("home", ["don", "laa"])
def test_who_manages_a_country_gives_no_role_that_reaches_others(cast, client, home):
    """A role of an organisation of several countries opens its rows in each of them."""
    owner, laos = cast.organisations[home], cast.countries["laos"]
    manager = cast.with_role("manager", (home, "organisation", "exact", "manage"), [])
    Role.objects.filter(code="test-manager").update(
        verbs=["membership.*", "person.*", "organisation.view"]
    )
    national = Role.objects.get(code="information_manager")
    grant_membership(manager, owner, national, Term(country=laos), by=SYSTEM)
    verbs, coarse = ["hazard.view"], {"hazard": "cell"}
    for reach in ("organisation", "country"):
        Role.objects.create(
            code=reach, name=reach, reach=reach, verbs=verbs, precision=coarse
        )
    client.force_login(manager)
    url = reverse("organisations:account-new", args=[owner.uid])
    given = set()
    for reach in ("organisation", "country"):
        role = Role.objects.get(code=reach)
        form = {"name": reach, "username": reach, "role": role.pk, "language": "en"}
        answer = client.post(url, form | {"country": laos.pk})
        if Membership.objects.filter(user__username=reach).exists():
            given.add(reach)
        else:
            assert "opens more than your own" in answer.content.decode()
    assert given == {"country"} | ({"organisation"} if home == "laa" else set())
