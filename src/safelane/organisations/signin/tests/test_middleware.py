import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from safelane.core.jobs.models import JobRun
from safelane.organisations.signin.tokens import actor_from_request

pytestmark = pytest.mark.django_db


def test_a_stranger_is_sent_to_the_sign_in_page(client):
    answer = client.get("/jobs/?page=2")
    assert answer.status_code == 302
    assert answer["Location"] == "/account/login/?next=%2Fjobs%2F%3Fpage%3D2"


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/tiles/nothing/0/0/0.mvt"])
def test_a_program_gets_a_problem_document(client, path):
    answer = client.get(path)
    assert answer.status_code in (401, 404)
    if answer.status_code == 401:
        assert answer.json()["type"] == "urn:safelane:error:sign-in-needed"


def test_the_session_cookie_is_out_of_reach_of_scripts(client, cast, settings):
    cast.users["bounmy"].set_password("four rather unlikely words")
    cast.users["bounmy"].save()
    data = {"login": "bounmy", "password": "four rather unlikely words"}
    client.post(reverse("account_login"), data)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_session_needs_a_forgery_token_on_the_api_too(cast):
    job = JobRun.objects.create(kind="x", title="x", owner=cast.users["bounmy"])
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.users["bounmy"])
    assert client.post(f"/api/v1/jobs/{job.uid}/cancel").status_code == 403
    job.refresh_from_db()
    assert job.status == "queued"


def test_a_page_form_needs_a_forgery_token(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.users["bounmy"])
    assert client.post(reverse("account_logout")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_who_signs_out_while_the_disk_is_full_is_signed_out_here(clients):
    def full(execute, sql, *given):
        if sql.startswith("DELETE"):
            raise OperationalError("database or disk is full")
        return execute(sql, *given)

    browser = clients["bounmy"]
    with connection.execute_wrapper(full):
        answer = browser.post(reverse("account_logout"))
    assert answer.status_code == 507
    assert browser.get("/jobs/").status_code == 302


def test_a_closed_account_is_signed_out_at_once(clients, cast):
    assert clients["bounmy"].get("/jobs/").status_code == 200
    cast.users["bounmy"].is_active = False
    cast.users["bounmy"].save()
    assert clients["bounmy"].get("/jobs/").status_code == 302


def test_a_second_factor_can_be_demanded(clients, cast, settings):
    settings.REQUIRE_MFA = True
    answer = clients["bounmy"].get("/jobs/")
    assert answer["Location"] == reverse("mfa_index")
    assert clients["bounmy"].get(reverse("mfa_index")).status_code == 200
    Authenticator.objects.create(user=cast.users["bounmy"], type="totp", data={})
    assert clients["bounmy"].get("/jobs/").status_code == 200


def test_every_answer_has_a_request_id_of_our_own(client):
    answer = client.get("/health", HTTP_X_REQUEST_ID="injected\nline")
    assert answer["X-Request-ID"].isalnum()


def test_the_public_actor_has_the_public_role_only(rf, cast):
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/")
    request.user = AnonymousUser()
    actor = actor_from_request(request)
    assert actor.is_public
    assert {grant.role for grant in actor.grants} <= {"public"}
    assert not actor.may("hazard.view")


def test_the_log_names_the_account_by_number_only(clients, cast, caplog):
    with caplog.at_level("INFO"):
        clients["bounmy"].get("/jobs/")
    text = " ".join(record.getMessage() for record in caplog.records)
    assert "GET jobs/ 200" in text
    assert "Bounmy" not in text


def test_reading_pages_writes_nothing_once_a_session_was_seen(clients, cast):
    assert clients["bounmy"].get("/jobs/").status_code == 200
    (row,) = UserSession.objects.filter(user=cast.users["bounmy"])
    with CaptureQueriesContext(connection) as asked:
        assert clients["bounmy"].get("/jobs/").status_code == 200
    assert not [q["sql"] for q in asked if not q["sql"].startswith("SELECT")]
    clients["bounmy"].get("/jobs/", headers={"User-Agent": "Another browser"})
    row.refresh_from_db()
    assert row.user_agent == "Another browser"


def test_pages_open_while_another_writes_for_long(clients, monkeypatch):
    def refuse(request):
        raise OperationalError("database is locked")

    monkeypatch.setattr(UserSession.objects, "create_from_request", refuse)
    assert clients["bounmy"].get("/jobs/").status_code == 200
