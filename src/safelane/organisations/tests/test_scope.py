"""Who sees which rows, and how exactly."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import shapely
from django.utils import timezone

from safelane.core.errors import NotPermitted, SignInNeeded
from safelane.core.scope import PUBLIC, Precision, system_actor
from safelane.hazards.models import HazardousArea
from safelane.hazards.policies import HazardPolicy
from safelane.organisations.actions import (
    create_country,
    create_organisation,
    create_user,
    disable_user,
    end_membership,
    grant_membership,
    import_admin_areas,
    make_agreement,
    places,
    revoke_agreement,
    sync_roles,
)
from safelane.organisations.errors import BadDates, LastAdministrator
from safelane.organisations.granting import administrators
from safelane.organisations.inputs import AreaRow, Opening, Term
from safelane.organisations.models import (
    Membership,
    Organisation,
    Role,
)
from safelane.organisations.queries import (
    actor_for_user,
    organisations_in_reach,
)

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()
TODAY = date(2026, 6, 1)


@pytest.fixture
def world():
    sync_roles(by=SYSTEM)
    laos = create_country("laos", by=SYSTEM)
    azerbaijan = create_country("azerbaijan", by=SYSTEM)
    west, east = import_admin_areas(
        [
            AreaRow(1, "W", "West", shapely.box(102, 19, 103, 20)),
            AreaRow(1, "E", "East", shapely.box(103, 19, 104, 20)),
        ],
        country=laos,
        source="test",
        by=SYSTEM,
    )
    operator = create_organisation(
        "Operator", "OP", "operator", country=laos, by=SYSTEM
    )
    authority = create_organisation(
        "Authority", "AU", "authority", country=azerbaijan, by=SYSTEM
    )
    for organisation, country, area, x in (
        (operator, laos, west, 102.5),
        (operator, laos, east, 103.5),
        (authority, azerbaijan, None, 47.0),
    ):
        HazardousArea.objects.create(
            organisation=organisation,
            country=country,
            admin_area=area,
            reference=f"{country.code}-{x}",
            geometry=shapely.box(x, 19.5, x + 0.001, 19.501),
            updated_at=timezone.now(),
        )
    return {"laos": laos, "west": west, "operator": operator, "authority": authority}


def member(name, organisation, role, **term):
    user = create_user(name.lower(), name, by=SYSTEM)
    grant_membership(
        user, organisation, Role.objects.get(code=role), Term(**term), by=SYSTEM
    )
    return user


def references(user, on=TODAY):
    actor = actor_for_user(user, on)
    return sorted(
        HazardousArea.objects.visible_to(actor).values_list("reference", flat=True)
    )


def test_a_stranger_and_the_public_see_nothing(world):
    eve = create_user("eve", "Eve", by=SYSTEM)
    assert references(eve) == []
    assert not HazardousArea.objects.visible_to(PUBLIC).exists()
    with pytest.raises(SignInNeeded):
        PUBLIC.require("hazard.view")
    with pytest.raises(NotPermitted):
        actor_for_user(eve, TODAY).require("hazard.view")


def test_an_operator_sees_its_own_rows_only(world):
    bounmy = member("Bounmy", world["operator"], "team_leader")
    assert references(bounmy) == ["LAO-102.5", "LAO-103.5"]


def test_an_authority_sees_its_country(world):
    aysel = member("Aysel", world["authority"], "information_manager")
    assert references(aysel) == ["AZE-47.0"]


def test_a_role_stays_in_the_country_in_which_it_was_given(world):
    home = world["authority"]
    aysel = member("Aysel", home, "information_manager")
    Organisation.objects.filter(pk=home.pk).update(country=world["laos"])
    assert references(aysel) == ["AZE-47.0"]
    Organisation.objects.filter(pk=home.pk).update(country=None)
    home.refresh_from_db()
    nobody = member("Nobody", home, "information_manager")
    Organisation.objects.filter(pk=home.pk).update(country=world["laos"])
    assert references(nobody) == []


def test_a_membership_for_an_area_ends_at_its_border(world):
    lead = member("Lead", world["operator"], "team_leader", area=world["west"])
    assert references(lead) == ["LAO-102.5"]


def test_a_membership_holds_only_between_its_days(world):
    term = {"starts": date(2026, 5, 1), "ends": date(2026, 5, 31)}
    guest = member("Guest", world["operator"], "team_leader", **term)
    assert references(guest, date(2026, 4, 30)) == []
    assert len(references(guest, date(2026, 5, 31))) == 2
    assert references(guest, date(2026, 6, 1)) == []


def test_a_closed_account_sees_nothing(world):
    guest = member("Guest", world["operator"], "team_leader")
    disable_user(guest, "left", by=SYSTEM)
    assert references(guest) == []


def test_a_reader_in_no_country_does_not_see_rows_without_one(world):
    regional = create_organisation(
        "Regional", "RC", "regional", country=None, by=SYSTEM
    )
    assert references(member("Chan", regional, "reader")) == []


def test_precision_comes_with_every_row(world):
    reader = actor_for_user(member("Reader", world["operator"], "reader"), TODAY)
    levels = HazardousArea.objects.visible_to(reader).values_list(
        "precision", flat=True
    )
    assert set(levels) == {Precision.CELL}
    assert HazardPolicy.coarsest(reader) == Precision.CELL


def test_the_finest_of_several_memberships_wins_row_by_row(world):
    user = member("Both", world["operator"], "reader")
    lead = Role.objects.get(code="team_leader")
    grant_membership(user, world["operator"], lead, Term(area=world["west"]), by=SYSTEM)
    rows = HazardousArea.objects.visible_to(actor_for_user(user, TODAY))
    assert dict(rows.values_list("reference", "precision")) == {
        "LAO-102.5": Precision.EXACT,
        "LAO-103.5": Precision.CELL,
    }


def test_who_sees_some_rows_exactly_finds_others_by_nothing_hidden(world, client):
    """The reader of the country leads a team in the west: names there are open."""
    user = member("Both", world["operator"], "reader")
    lead = Role.objects.get(code="team_leader")
    grant_membership(user, world["operator"], lead, Term(area=world["west"]), by=SYSTEM)
    HazardousArea.objects.update(name="Behind the old school")
    client.force_login(user)
    for query, expected in (("", 2), ("?q=LAO", 2), ("?q=school", 1)):
        answer = client.get(f"/api/v1/hazards{query}").json()
        assert answer["count"] == expected, query


def opening(world, *classes, precision="cell"):
    return Opening(
        world["operator"], world["authority"], classes, precision, "joint plan"
    )


YEAR = Term(date(2026, 1, 1), date(2026, 12, 31))


def test_an_agreement_opens_named_classes_at_its_precision_for_its_time(world):
    aysel = member("Aysel", world["authority"], "information_manager")
    agreement = make_agreement(opening(world, "hazard"), YEAR, by=SYSTEM)
    assert references(aysel) == ["AZE-47.0", "LAO-102.5", "LAO-103.5"]
    actor = actor_for_user(aysel, TODAY)
    rows = HazardousArea.objects.visible_to(actor)
    levels = dict(rows.values_list("reference", "precision"))
    assert levels["LAO-102.5"] == Precision.CELL
    assert levels["AZE-47.0"] == Precision.EXACT
    assert references(aysel, date(2027, 1, 1)) == ["AZE-47.0"]
    revoke_agreement(agreement, "misused", by=SYSTEM)
    assert references(aysel) == ["AZE-47.0"]


def test_an_agreement_for_one_country_opens_no_other(world):
    aysel = member("Aysel", world["authority"], "information_manager")
    azerbaijan = world["authority"].country
    elsewhere = replace(YEAR, country=azerbaijan)
    make_agreement(opening(world, "hazard"), elsewhere, by=SYSTEM)
    assert references(aysel) == ["AZE-47.0"]
    make_agreement(
        opening(world, "hazard"), replace(YEAR, country=world["laos"]), by=SYSTEM
    )
    assert references(aysel) == ["AZE-47.0", "LAO-102.5", "LAO-103.5"]


def test_an_agreement_opens_to_a_role_for_one_area_what_lies_there(world):
    partner = create_organisation(
        "Partner", "PA", "operator", country=world["laos"], by=SYSTEM
    )
    shared = Opening(world["operator"], partner, ("hazard",), "exact", "joint plan")
    make_agreement(shared, YEAR, by=SYSTEM)
    lead = member("Lead", partner, "team_leader", area=world["west"])
    assert references(lead) == ["LAO-102.5"]
    reader = Role.objects.get(code="reader")
    grant_membership(lead, partner, reader, by=SYSTEM)
    rows = HazardousArea.objects.visible_to(actor_for_user(lead, TODAY))
    assert dict(rows.values_list("reference", "precision")) == {
        "LAO-102.5": Precision.EXACT,
        "LAO-103.5": Precision.CELL,
    }


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("district", [True, False])
def test_a_role_for_another_country_makes_an_agreement_no_finer(world, named, district):
    partner = create_organisation(
        "Partner", "PA", "operator", country=world["laos"], by=SYSTEM
    )
    shared = Opening(world["operator"], partner, ("hazard",), "exact", "joint plan")
    there = world["laos"] if named else None
    make_agreement(shared, replace(YEAR, country=there), by=SYSTEM)
    area = {"area": world["west"]} if district else {}
    chan = member("Chan", partner, "reader", **area)  # 1 km cells
    manager = Role.objects.get(code="information_manager")
    elsewhere = Term(country=world["authority"].country)
    grant_membership(chan, partner, manager, elsewhere, by=SYSTEM)
    rows = HazardousArea.objects.visible_to(actor_for_user(chan, TODAY))
    shown = dict(rows.values_list("reference", "precision"))
    seen = {"LAO-102.5"} if district else {"LAO-102.5", "LAO-103.5"}
    lao = {name: level for name, level in shown.items() if name.startswith("LAO")}
    assert lao == dict.fromkeys(seen, Precision.CELL)


def test_an_agreement_opens_no_other_class_and_no_writing(world):
    aysel = member("Aysel", world["authority"], "information_manager")
    make_agreement(opening(world, "accident"), YEAR, by=SYSTEM)
    assert references(aysel) == ["AZE-47.0"]
    make_agreement(opening(world, "hazard"), YEAR, by=SYSTEM)
    actor = actor_for_user(aysel, TODAY)
    editable = HazardousArea.objects.editable_by(actor, "export")
    assert [row.reference for row in editable] == ["AZE-47.0"]


def test_an_agreement_does_not_widen_a_partner_role(world):
    dara = member("Dara", world["authority"], "donor")
    make_agreement(opening(world, "hazard"), YEAR, by=SYSTEM)
    assert references(dara) == []


def test_the_end_may_not_lie_before_the_beginning(world):
    with pytest.raises(BadDates):
        member(
            "X", world["operator"], "reader", starts=TODAY, ends=TODAY - timedelta(1)
        )


def test_an_information_manager_cannot_hand_out_more_than_the_own_reach(world):
    aysel = actor_for_user(
        member("Aysel", world["authority"], "information_manager"), TODAY
    )
    assert organisations_in_reach(aysel, "membership.manage") == {world["authority"].pk}
    bob = create_user("bob", "Bob", by=SYSTEM)
    admin, reader = (Role.objects.get(code=c) for c in ("administrator", "reader"))
    with pytest.raises(NotPermitted):
        grant_membership(bob, world["operator"], reader, by=aysel)
    with pytest.raises(NotPermitted):
        grant_membership(bob, world["authority"], admin, by=aysel)
    assert grant_membership(bob, world["authority"], reader, by=aysel)


def test_the_last_administrator_stays(world):
    admin = member("Admin", world["authority"], "administrator")
    with pytest.raises(LastAdministrator):
        end_membership(Membership.objects.get(user=admin), TODAY, by=SYSTEM)
    with pytest.raises(LastAdministrator):
        disable_user(admin, "left", by=SYSTEM)


@pytest.mark.parametrize(
    ("other_ends", "ends", "is_last"),
    [
        (10, 10, True),
        (10, 9, True),
        (10, -9, True),
        (0, 9, True),
        (-1, -9, True),
        (None, 9, False),
        (None, -9, False),
    ],
)
def test_another_administrator_must_be_left_when_one_ends(
    world, other_ends, ends, is_last
):
    """On every later day: both ends are included, the day after is one without."""
    today = timezone.localdate()
    admin = member("Admin", world["authority"], "administrator")
    until = None if other_ends is None else today + timedelta(days=other_ends)
    member("Other", world["authority"], "administrator", ends=until)
    held = Membership.objects.get(user=admin)
    day = today + timedelta(days=ends)
    if is_last:
        with pytest.raises(LastAdministrator):
            end_membership(held, day, by=SYSTEM)
    else:
        assert end_membership(held, day, by=SYSTEM).ends == day


def test_administrators_do_not_end_one_after_the_other(world):
    """Each end alone leaves somebody; together they leave nobody from a day on."""
    today = timezone.localdate()
    for name in ("One", "Two"):
        member(name, world["authority"], "administrator")
    one, two = Membership.objects.order_by("pk")
    end_membership(one, today + timedelta(days=20), by=SYSTEM)
    for days in (10, 20, 30):
        with pytest.raises(LastAdministrator):
            end_membership(two, today + timedelta(days=days), by=SYSTEM)
    with pytest.raises(LastAdministrator):
        disable_user(two.user, "left", by=SYSTEM)
    starts = today + timedelta(days=21)
    member("Next", world["authority"], "administrator", starts=starts)
    end_membership(two, today + timedelta(days=10), by=SYSTEM)
    disable_user(two.user, "left", by=SYSTEM)
    assert administrators(today + timedelta(days=30)).count() == 1


def test_who_was_an_administrator_once_runs_nothing(world):
    admin = member("Admin", world["authority"], "administrator")
    today = timezone.localdate()
    term = {"starts": date(2020, 1, 1), "ends": today - timedelta(days=1)}
    former = member("Former", world["authority"], "administrator", **term)
    with pytest.raises(LastAdministrator):
        disable_user(admin, "left", by=SYSTEM)
    disable_user(former, "left", by=SYSTEM)
    member("Next", world["authority"], "administrator")
    disable_user(admin, "left", by=SYSTEM)


def test_running_an_import_of_areas_twice_changes_nothing(world):
    rows = [AreaRow(2, "W1", "Inner", shapely.box(102.1, 19.1, 102.5, 19.5))]
    first = import_admin_areas(rows, country=world["laos"], source="t", by=SYSTEM)
    again = import_admin_areas(rows, country=world["laos"], source="t", by=SYSTEM)
    assert [a.pk for a in first] == [a.pk for a in again]
    assert first[0].parent == world["west"]
    assert first[0].path == f"{world['west'].path}{first[0].pk}/"


def test_so_does_an_import_of_the_same_areas_at_the_same_moment(world, monkeypatch):
    rows = [AreaRow(2, "W1", "Inner", shapely.box(102.1, 19.1, 102.5, 19.5))]
    said = {"country": world["laos"], "source": "t", "by": SYSTEM}
    wait, came_first = places.take_turn, []

    def wait_behind_another(chains):
        monkeypatch.setattr(places, "take_turn", wait)
        came_first.extend(import_admin_areas(rows, **said))
        wait(chains)

    monkeypatch.setattr(places, "take_turn", wait_behind_another)
    here = import_admin_areas(rows, **said)
    assert [area.pk for area in here] == [area.pk for area in came_first]
