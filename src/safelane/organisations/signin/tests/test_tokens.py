import re
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.history.models import Change
from safelane.core.scope import system_actor
from safelane.organisations.actions import make_agreement
from safelane.organisations.inputs import Opening, Term
from safelane.organisations.models import Membership
from safelane.organisations.signin.actions import create_token, revoke_token
from safelane.organisations.signin.errors import TokenRefused
from safelane.organisations.signin.models import ApiToken
from safelane.organisations.signin.queries import actor_for_token, classes_of

JOBS = "/api/v1/jobs"


@pytest.fixture
def membership(cast):
    return Membership.objects.get(user=cast.users["bounmy"])


def make(membership, cast, days=30):
    expires = timezone.now() + timedelta(days=days)
    actor = cast.actor(membership.user.username)
    return create_token(membership, "tablet", expires, by=actor)


def ask(client, secret, path=JOBS):
    return client.get(path, HTTP_AUTHORIZATION=f"Bearer {secret}")


def test_a_token_opens_the_api(client, cast, membership):
    _token, secret = make(membership, cast)
    assert ask(client, secret).status_code == 200


def test_a_token_acts_for_one_membership_only(cast, membership):
    _token, secret = make(membership, cast)
    actor = actor_for_token(secret)
    assert actor.kind == "token"
    assert {grant.role for grant in actor.grants} == {"team_leader"}
    assert actor.organisation_ids == {cast.organisations["lao"].pk}


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "Basic abc", "x"])
def test_other_headers_open_nothing(client, db, header):
    answer = client.get(JOBS, HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert "Bearer" in answer["WWW-Authenticate"]


def test_a_wrong_token_beside_a_session_opens_nothing(clients):
    assert ask(clients["aysel"], "wrong").status_code == 401


def test_a_revoked_token_opens_nothing(client, cast, membership):
    token, secret = make(membership, cast)
    revoke_token(token, by=cast.actor("bounmy"))
    assert ask(client, secret).status_code == 401


def test_an_old_token_opens_nothing(client, cast, membership):
    _token, secret = make(membership, cast)
    ApiToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert ask(client, secret).status_code == 401


def test_an_ended_membership_takes_its_tokens_along(cast, membership):
    _token, secret = make(membership, cast)
    membership.ends = timezone.localdate() - timedelta(days=1)
    membership.save()
    assert actor_for_token(secret).grants == ()


def test_a_closed_account_takes_its_tokens_along(cast, membership):
    _token, secret = make(membership, cast)
    membership.user.is_active = False
    membership.user.save()
    with pytest.raises(TokenRefused):
        actor_for_token(secret)


def test_only_the_hash_is_stored(cast, membership):
    token, secret = make(membership, cast)
    assert secret.startswith("slt_")
    assert re.fullmatch("[0-9a-f]{64}", token.token_hash)
    assert secret not in str(ApiToken.objects.values().get())


def test_the_use_of_a_token_is_noted(client, cast, membership):
    token, secret = make(membership, cast)
    ask(client, secret)
    token.refresh_from_db()
    assert timezone.now() - token.last_used < timedelta(minutes=1)


def test_a_token_reads_on_while_another_writes_for_long(
    client, cast, membership, monkeypatch
):
    def refuse(rows, **facts):
        raise OperationalError("database is locked")

    _token, secret = make(membership, cast)
    monkeypatch.setattr(QuerySet, "update", refuse)
    assert ask(client, secret).status_code == 200


def test_nobody_makes_a_token_for_somebody_else(cast, membership):
    expires = timezone.now() + timedelta(days=1)
    with pytest.raises(NotPermitted):
        create_token(membership, "x", expires, by=cast.actor("noy"))


def test_a_token_cannot_make_a_token(cast, membership):
    _token, secret = make(membership, cast)
    expires = timezone.now() + timedelta(days=1)
    with pytest.raises(NotPermitted):
        create_token(membership, "x", expires, by=actor_for_token(secret))


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_token_ends_within_a_year(cast, membership, days):
    with pytest.raises(InvalidInput, match="one year"):
        make(membership, cast, days)


def test_an_administrator_revokes_a_strangers_token(cast, membership):
    token, _secret = make(membership, cast)
    revoke_token(token, by=cast.actor("petra"))
    assert ApiToken.objects.get().revoked is not None


def test_another_country_cannot_revoke_a_token(cast, membership):
    token, _secret = make(membership, cast)
    with pytest.raises(NotPermitted):
        revoke_token(token, by=cast.actor("aysel"))


def test_tokens_are_in_the_history(cast, membership):
    token, secret = make(membership, cast)
    revoke_token(token, by=cast.actor("bounmy"))
    verbs = list(Change.objects.filter(object_type="token").values_list("verb"))
    assert verbs == [("person.create_token",), ("person.revoke_token",)]
    assert not Change.objects.filter(after__contains=secret).exists()


def test_the_page_shows_the_secret_once(clients, membership):
    page, bounmy = reverse("account_tokens"), clients["bounmy"]
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    data = {"name": "tablet", "membership": membership.pk, "expires": day}
    made = bounmy.post(page, data | {"data_classes": ["hazard"]}).content.decode()
    secret = re.search(r"slt_[\w-]{43}", made).group()
    assert secret not in bounmy.get(page).content.decode()
    assert actor_for_token(secret).user_id == membership.user_id


def test_the_page_says_how_qgis_takes_a_token(clients):
    page = clients["bounmy"].get(reverse("account_tokens")).content.decode()
    assert "<code>http://testserver/ogc/</code>" in page
    assert "“token”" in page


def test_the_page_offers_no_role_of_somebody_else(clients, cast, membership):
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    data = {"name": "x", "membership": membership.pk, "expires": day}
    answer = clients["aysel"].post(reverse("account_tokens"), data)
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_revoking_somebody_elses_token_on_the_page_finds_nothing(
    clients, cast, membership
):
    token, _secret = make(membership, cast)
    path = reverse("account_token_revoke", args=[token.uid])
    assert clients["aysel"].post(path).status_code == 404
    assert clients["bounmy"].post(path).status_code == 302


def opened_by(membership, cast, **how):
    expires = timezone.now() + timedelta(days=30)
    actor = cast.actor(membership.user.username)
    _token, secret = create_token(membership, "x", expires, by=actor, **how)
    return actor_for_token(secret)


def test_a_token_has_the_chosen_classes_and_only_reads(cast, membership):
    actor = opened_by(membership, cast, data_classes=["hazard", "hazard_report"])
    assert actor.may("hazard.view")
    assert actor.may("hazard_report.view")
    assert not actor.may("hazard_report.report")
    assert not actor.may("accident.view")


def test_a_token_that_writes_does_so_in_its_classes_only(cast, membership):
    actor = opened_by(membership, cast, data_classes=["hazard_report"], writes=True)
    assert actor.may("hazard_report.report")
    assert not actor.may("accident_report.report")
    assert not actor.may("hazard_report.approve")  # the role does not


def test_no_token_opens_what_people_do_in_person(cast):
    membership = Membership.objects.get(user=cast.users["noy"])
    actor = opened_by(
        membership, cast, data_classes=classes_of(membership.role), writes=True
    )
    assert actor.may("victim.view")
    assert actor.may("hazard_report.approve")
    for verb in ("victim.reveal", "membership.manage", "membership.view"):
        assert cast.actor("noy").may(verb)
        assert not actor.may(verb), verb
    for verb in ("agreement.manage", "person.manage", "organisation.manage"):
        assert not actor.may(verb), verb


def test_without_a_choice_a_token_reads_everything_but_victims(cast):
    actor = opened_by(Membership.objects.get(user=cast.users["noy"]), cast)
    assert actor.may("hazard.export")
    assert actor.may("accident.view")
    assert not actor.may("victim.view")
    assert not actor.may("hazard.import")


@pytest.mark.parametrize("chosen", [[], ["membership"], ["hazard", "prior"]])
def test_a_token_opens_only_what_its_role_opens(cast, membership, chosen):
    with pytest.raises(InvalidInput, match="Choose what the token opens") as caught:
        opened_by(membership, cast, data_classes=chosen)
    assert caught.value.field == "data_classes"


def test_a_token_of_an_own_role_with_everything_stays_within_its_classes(cast):
    membership = Membership.objects.get(user=cast.users["noy"])
    membership.role.verbs = ["*"]
    membership.role.save()
    actor = opened_by(membership, cast, data_classes=["hazard", "victim"], writes=True)
    assert actor.may("hazard.anything")
    assert actor.may("victim.report")
    for verb in ("victim.reveal", "accident.view", "admin.manage"):
        assert not actor.may(verb), verb


def test_a_token_narrows_what_an_agreement_opens(cast):
    term = Term(timezone.localdate(), timezone.localdate() + timedelta(days=9))
    classes = ("hazard", "accident")
    opening = Opening(
        cast.organisations["laa"], cast.organisations["aza"], classes, "exact", "test"
    )
    make_agreement(opening, term, by=system_actor())
    membership = Membership.objects.get(user=cast.users["aysel"])
    actor = opened_by(membership, cast, data_classes=["accident"])
    owners = {g.organisation_id for g in actor.grants_for("accident.view")}
    assert cast.organisations["laa"].pk in owners
    assert not actor.may("hazard.view")


def test_the_list_says_what_each_token_opens(clients, cast, membership):
    opened_by(membership, cast, data_classes=["hazard"])
    opened_by(membership, cast, data_classes=["accident_report"], writes=True)
    found = clients["bounmy"].get(reverse("account_tokens")).content.decode()
    page = " ".join(found.split())
    assert "Read only: Hazardous areas<" in page
    assert "Read and change: Accident reports<" in page


def test_the_page_needs_a_choice(clients, membership):
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    data = {"name": "tablet", "membership": membership.pk, "expires": day}
    assert clients["bounmy"].post(reverse("account_tokens"), data).status_code == 422
    assert not ApiToken.objects.exists()
