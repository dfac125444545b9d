"""Pages on organisations, people, agreements, codes and history."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.history.models import Change
from safelane.core.scope import system_actor
from safelane.organisations.actions import (
    create_organisation,
    create_person,
    grant_membership,
    import_admin_areas,
    import_places,
    make_agreement,
    settle_organisation,
    update_organisation,
)
from safelane.organisations.inputs import AreaRow, Opening, PlaceRow, Term
from safelane.organisations.models import (
    AdminArea,
    Agreement,
    LocalCode,
    Membership,
    Organisation,
    Person,
    Role,
    User,
)
from safelane.organisations.packs import pack_of

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()


def page(name, *args):
    return reverse(f"organisations:{name}", args=args)


@pytest.fixture
def authority(cast):
    return cast.organisations["aza"]


@pytest.fixture
def partner(cast):
    return cast.organisations["laa"]


PAGES = ("list", "agreements", "roles", "areas", "codes", "history")
OPEN_TO = {
    "aysel": set(PAGES),
    "petra": set(PAGES),
    "bounmy": {"list", "areas", "codes"},
    "chan": {"list", "areas", "codes"},
    "dara": {"list", "areas"},
    "eve": set(),
}


@pytest.mark.parametrize("person", OPEN_TO)
def test_each_page_opens_to_those_whose_role_says_so(clients, person):
    answers = {name: clients[person].get(page(name)).status_code for name in PAGES}
    expected = {name: 200 if name in OPEN_TO[person] else 403 for name in PAGES}
    assert answers == expected


@pytest.mark.parametrize("name", PAGES)
def test_nobody_is_sent_to_sign_in(clients, name):
    answer = clients["nobody"].get(page(name))
    assert answer.status_code == 302
    assert reverse("account_login") in answer["Location"]


def test_the_list_holds_the_organisations_in_reach(clients, authority, partner):
    text = clients["aysel"].get(page("list")).content.decode()
    assert authority.name in text
    assert partner.name not in text


def test_another_country_s_organisation_is_not_found(clients, partner):
    assert clients["aysel"].get(page("detail", partner.uid)).status_code == 404


def test_an_organisation_is_registered_once(clients, cast):
    facts = {"name": "New Operator", "short_name": "NEW", "kind": "operator"}
    facts["country"] = cast.countries["azerbaijan"].pk
    answer = clients["aysel"].post(page("new"), facts, follow=True)
    assert answer.status_code == 200
    assert Organisation.objects.get(short_name="NEW").kind == "operator"
    again = clients["aysel"].post(page("new"), facts)
    assert again.status_code == 200
    assert again.context["form"].errors
    assert Organisation.objects.filter(name="New Operator").count() == 1


def test_an_organisation_is_changed_with_its_history(clients, authority):
    facts = {"name": "Renamed", "short_name": authority.short_name, "kind": "authority"}
    facts |= {"country": authority.country_id, "is_active": "on"}
    clients["aysel"].post(page("edit", authority.uid), facts)
    authority.refresh_from_db()
    assert authority.name == "Renamed"
    assert Change.objects.filter(verb="organisation.update").count() == 1


def test_a_team_leader_registers_nobody(clients, authority):
    assert clients["bounmy"].get(page("new")).status_code == 403
    assert clients["rauf"].post(page("edit", authority.uid), {}).status_code in (
        403,
        404,
    )


def test_a_person_is_added_and_the_history_keeps_no_telephone(clients, authority):
    facts = {"given_name": "Leyla", "family_name": "Ə.", "phone": "+994 50 000 00 00"}
    clients["aysel"].post(page("person-new", authority.uid), facts)
    assert Person.objects.get(given_name="Leyla").phone == "+994 50 000 00 00"
    change = Change.objects.get(verb="person.create")
    assert "994" not in change.after
    assert "Leyla" in change.after


def test_a_person_is_changed(clients, authority):
    person = create_person(authority, {"given_name": "Leyla"}, by=SYSTEM)
    url = page("person-edit", authority.uid, person.uid)
    assert "Leyla" in clients["aysel"].get(url).content.decode()
    clients["aysel"].post(url, {"given_name": "Leyla", "position": "Surveyor"})
    person.refresh_from_db()
    assert person.position == "Surveyor"


def account(role: str, **more: object) -> dict[str, object]:
    from safelane.organisations.models import Role

    chosen = Role.objects.get(code=role).pk
    return {"username": "nigar", "name": "Nigar A", "role": chosen, **more}


def test_an_invited_person_gets_a_link_that_signs_them_in(clients, authority, client):
    url = page("account-new", authority.uid)
    answer = clients["aysel"].post(url, account("reader", language="az"))
    link = answer.context["link"]
    assert User.objects.get(username="nigar").language == "az"
    assert client.get(link).status_code == 200
    assert Membership.objects.filter(user__username="nigar").count() == 1


def test_nobody_is_invited_to_more_than_the_inviter_may_give(clients, authority):
    url = page("account-new", authority.uid)
    answer = clients["aysel"].post(url, account("administrator"))
    assert answer.context["form"].errors
    assert not User.objects.filter(username="nigar").exists()


def test_a_further_role_needs_an_account(clients, authority):
    url = page("membership-new", authority.uid)
    facts = account("reader") | {"username": "nobody-of-this-name"}
    assert "username" in clients["aysel"].post(url, facts).context["form"].errors
    clients["aysel"].post(url, facts | {"username": "rauf"})
    assert Membership.objects.filter(user__username="rauf").count() == 2


def test_a_membership_ends(clients, cast):
    membership = Membership.objects.get(user=cast.users["farid"])
    clients["aysel"].post(page("membership-end", membership.uid))
    membership.refresh_from_db()
    assert membership.ends == date.today() - timedelta(days=1)
    assert clients["farid"].get("/hazards/reports/").status_code == 403
    assert clients["bounmy"].post(
        page("membership-end", membership.uid)
    ).status_code in (
        403,
        404,
    )


def terms(authority, partner, **more):
    return {
        "owner": authority.pk,
        "partner": partner.pk,
        "data_classes": ["hazard"],
        "precision": "cell",
        "starts": "2026-01-01",
        "ends": "2030-12-31",
        "purpose": "Joint training",
        **more,
    }


def test_an_agreement_is_made_shown_to_both_and_revoked(clients, authority, partner):
    clients["aysel"].post(page("agreement-new"), terms(authority, partner))
    agreement = Agreement.objects.get(purpose="Joint training")
    assert "Joint training" in clients["aysel"].get(page("agreements")).content.decode()
    assert "Joint training" in clients["noy"].get(page("agreements")).content.decode()
    one, revoke = (
        page(name, agreement.uid) for name in ("agreement", "agreement-revoke")
    )
    assert revoke in clients["aysel"].get(one).content.decode()
    partners = clients["noy"].get(one).content.decode()
    assert "In force" in partners and revoke not in partners
    assert clients["chan"].get(one).status_code == 404
    assert clients["noy"].post(revoke, {"reason": "mine now"}).status_code == 403
    assert clients["aysel"].post(revoke, {"reason": " "}).status_code == 422
    clients["aysel"].post(revoke, {"reason": "Training is over"})
    agreement.refresh_from_db()
    assert agreement.revoked_at is not None
    after = clients["aysel"].get(one).content.decode()
    assert "Revoked" in after and revoke not in after


@pytest.mark.parametrize(
    "bad",
    [{"ends": "2025-01-01"}, {"data_classes": []}, {"data_classes": ["victim"]}],
)
def test_a_bad_agreement_is_refused_beside_its_field(clients, authority, partner, bad):
    answer = clients["aysel"].post(
        page("agreement-new"), terms(authority, partner, **bad)
    )
    assert answer.context["form"].errors
    assert not Agreement.objects.filter(purpose="Joint training").exists()


def test_nobody_opens_another_organisation_s_data(clients, authority, partner):
    answer = clients["aysel"].post(page("agreement-new"), terms(partner, authority))
    assert "owner" in answer.context["form"].errors


def test_agreements_of_others_are_not_shown(clients, cast, authority, partner):
    opening = Opening(authority, partner, ("hazard",), "cell", "Secret purpose")
    make_agreement(opening, Term(date(2026, 1, 1), date(2030, 1, 1)), by=SYSTEM)
    assert clients["chan"].get(page("agreements")).status_code == 403


def code(**more):
    return {
        "code": "vineyard",
        "label_en": "Vineyard",
        "label_local": "Üzümlük",
        "source": "Order 12/2026",
        "valid_from": "2026-01-01",
        **more,
    }


def test_an_authority_adds_a_code_and_retires_it(clients, cast):
    url = page("code-list", "aze", "vegetation")
    answer = clients["aysel"].post(url, code())
    assert answer.status_code == 302, answer.context["form"].errors
    known = {
        c.code: c.label
        for c in pack_of(cast.countries["azerbaijan"]).codes("vegetation")
    }
    assert known["vineyard"] == "Vineyard"
    again = clients["aysel"].post(url, code())
    assert "code" in again.context["form"].errors
    clients["aysel"].post(page("code-retire", LocalCode.objects.get().pk))
    assert LocalCode.objects.get().valid_to == date.today()


def limited(cast, client):
    """Sign in an information manager of Azerbaijan for one district."""
    area = AdminArea.objects.get(code="azerbaijan-11")
    role = Role.objects.get(code="information_manager")
    home, user = cast.organisations["aza"], cast.users["eve"]
    grant_membership(user, home, role, Term(area=area), by=SYSTEM)
    client.force_login(user)
    return client


def test_codes_and_areas_of_a_country_are_for_who_answers_for_all_of_it(
    clients, cast, client
):
    url = page("code-list", "aze", "vegetation")
    clients["aysel"].post(url, code())
    retire = page("code-retire", LocalCode.objects.get().pk)
    for other in (clients["noy"], limited(cast, client)):
        assert 'name="label_en"' not in other.get(url).content.decode()
        assert other.post(url, code(code="reeds")).status_code == 403
        assert other.post(retire).status_code == 403
    assert LocalCode.objects.get().valid_to is None
    country = cast.countries["azerbaijan"]
    for name in ("noy", "eve"):
        how = {"country": country, "source": "x", "by": cast.actor(name)}
        with pytest.raises(NotPermitted):
            import_admin_areas([AreaRow(1, "X", "X")], **how)
        with pytest.raises(NotPermitted):
            import_places([PlaceRow("X", "X", 47, 39)], **how)
    rows = [AreaRow(1, "X", "X")]
    import_admin_areas(rows, country=country, source="Order 12", by=cast.actor("aysel"))


def test_a_reader_adds_no_code(clients):
    url = page("code-list", "aze", "vegetation")
    assert clients["chan"].post(url, code()).status_code == 403
    assert not LocalCode.objects.exists()


def test_an_unknown_list_is_not_found(clients):
    assert clients["aysel"].get(page("code-list", "aze", "colours")).status_code == 404


def test_the_history_shows_one_s_own_chains_and_a_change_by_field(clients, authority):
    person = create_person(authority, {"given_name": "Leyla"}, by=SYSTEM)
    answer = clients["aysel"].get(page("history"))
    assert str(person) in answer.content.decode()
    assert str(person) not in clients["noy"].get(page("history")).content.decode()
    change = Change.objects.get(verb="person.create")
    assert (
        "given_name" in clients["aysel"].get(page("change", change.pk)).content.decode()
    )
    assert clients["noy"].get(page("change", change.pk)).status_code == 404


def test_the_chains_are_checked_by_a_button(clients, authority):
    create_person(authority, {"given_name": "Leyla"}, by=SYSTEM)
    answer = clients["aysel"].post(page("history-verify"))
    assert answer.context["breaks"] == []
    Change.objects.filter(verb="person.create").update(actor_name="Eve")
    answer = clients["aysel"].post(page("history-verify"))
    assert [found.kind for found in answer.context["breaks"]] == ["altered"]


def test_the_country_of_an_organisation_stays_under_the_roles_in_it(cast, partner):
    """One person alone would give them all another country."""
    home, other = partner, cast.organisations["aza"].country
    with pytest.raises(InvalidInput, match="has people with roles, records or"):
        update_organisation(home, {"country": other}, by=SYSTEM)
    update_organisation(home, {"country": partner.country}, by=SYSTEM)
    home.refresh_from_db()
    assert home.country_id != other.pk


def test_a_visitor_chooses_the_language():
    answer = Client().post("/language/", {"language": "lo", "next": "/account/login/"})
    assert answer.status_code == 302


def test_only_a_home_in_which_one_administrator_has_a_role_is_given_a_country(cast):
    laos, administrator = cast.countries["laos"], Role.objects.get(code="administrator")
    home = create_organisation("Home", "HOME", "authority", country=None, by=SYSTEM)
    grant_membership(cast.users["petra"], home, administrator, by=SYSTEM)
    reader = Role.objects.get(code="reader")
    given = grant_membership(cast.users["noy"], home, reader, by=SYSTEM)
    with pytest.raises(InvalidInput):
        settle_organisation(home, laos, by=SYSTEM)
    given.delete()
    with pytest.raises(NotPermitted):
        settle_organisation(home, laos, by=cast.actor("bounmy"))
    settle_organisation(home, laos, by=SYSTEM)
    home.refresh_from_db()
    assert home.country == laos
    with pytest.raises(InvalidInput):
        settle_organisation(home, cast.countries["azerbaijan"], by=SYSTEM)


def doors(client, url):
    """Return the pages to which the buttons of a page lead, and what each answers."""
    shown = client.get(url).context["page_actions"]
    return {str(a.label): client.get(a.url).status_code for a in shown}


def test_a_role_for_one_area_is_shown_no_door_that_refuses(cast, clients, client):
    limited(cast, client)
    one = page("detail", cast.organisations["aza"].uid)
    assert doors(client, page("list")) == {}
    assert doors(client, page("agreements")) == {}
    assert doors(client, one).keys() == {
        "Add a contact", "Invite somebody", "Add a role"
    }  # fmt: skip
    answer = client.get(one)
    assert answer.context["endable"] == {
        row.pk for row in answer.context["memberships"] if row.user == cast.users["eve"]
    }
    assert doors(clients["aysel"], page("list")) == {"New organisation": 200}
    assert doors(clients["aysel"], page("agreements")) == {"New agreement": 200}
    assert doors(clients["aysel"], one)["Edit"] == 200
    assert clients["aysel"].get(one).context["endable"] == {
        row.pk for row in answer.context["memberships"]
    }
