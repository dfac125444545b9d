"""Basic as a second way to send an API token: it reads, and does nothing else."""

import base64
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from safelane.core.jobs.models import JobRun
from safelane.organisations.models import Membership
from safelane.organisations.signin import token_cache
from safelane.organisations.signin.actions import create_token, revoke_token
from safelane.organisations.signin.models import ApiToken, WrongGuess

pytestmark = pytest.mark.django_db
JOBS = "/api/v1/jobs"
COLLECTIONS = "/ogc/collections"
READ = [JOBS, COLLECTIONS, "/ogc", "/ogc/", "/tiles/hazardous-areas/0/0/0.mvt"]


@pytest.fixture
def made(cast, actors):
    token_cache.forget()
    membership = Membership.objects.get(user=cast.users["bounmy"])
    until = timezone.now() + timedelta(days=1)
    return create_token(membership, "QGIS", until, by=actors["bounmy"])


@pytest.fixture
def secret(made):
    return made[1]


def basic(password, user="token"):
    both = f"{user}:{password}".encode()
    return raw(base64.b64encode(both).decode())


def raw(given, scheme="Basic"):
    return {"Authorization": f"{scheme} {given}"}


@pytest.mark.parametrize("path", READ)
def test_basic_sees_what_bearer_sees(secret, path):
    seen = [
        Client().get(path, headers=headers)
        for headers in (basic(secret), raw(secret, "Bearer"))
    ]
    assert seen[0].content == seen[1].content
    assert [a.status_code for a in seen] == [200, 200]


def test_basic_asks_without_a_body_too(secret):
    answer = Client().head(COLLECTIONS, headers=basic(secret))
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("user", ["", "token", "bounmy@example.org", "ບຸນມີ", "a b"])
def test_the_user_name_says_nothing(secret, user):
    assert Client().get(JOBS, headers=basic(secret, user)).status_code == 200


def test_user_names_may_come_in_other_characters(secret):
    both = "Bünmi".encode("latin-1") + b":" + secret.encode()
    headers = raw(base64.b64encode(both).decode(), "basic")
    assert Client().get(JOBS, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        raw(""),
        raw("%%%"),
        raw("slt_not-base64"),
        raw("YQ"),  # padding is missing
        raw("ບຸນມີ".encode().decode("latin-1")),
        raw(base64.b64encode(b"no colon").decode()),
        raw(base64.b64encode("token:ບຸນມີ".encode()).decode()),
        basic(""),
        basic(" \n"),
        basic("wrong"),
        basic("x" * 20_000),
        basic("", user="slt_token-as-the-user-name"),
    ],
)
@pytest.mark.parametrize("path", READ)
def test_what_opens_nothing_is_refused(path, headers):
    answer = Client().get(path, headers=headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic realm=")
    assert ", Bearer realm=" in answer["WWW-Authenticate"]
    body = answer.json()
    assert (body.get("code") or body["type"]).endswith("token-refused")


def test_the_token_as_user_name_opens_nothing(secret):
    """The web server in front writes user names into its log."""
    assert Client().get(JOBS, headers=basic("", user=secret)).status_code == 401


def test_the_password_of_an_account_opens_nothing(cast):
    user = cast.users["bounmy"]
    user.set_password("four rather unlikely words")
    user.save()
    headers = basic("four rather unlikely words", user="bounmy")
    assert Client().get(JOBS, headers=headers).status_code == 401
    # Nothing was guessed at, so nothing is counted, as with Bearer.
    assert not WrongGuess.objects.exists()


def test_a_revoked_token_opens_nothing(made, actors):
    token, secret = made
    assert Client().get(COLLECTIONS, headers=basic(secret)).status_code == 200
    revoke_token(token, by=actors["bounmy"])
    for path in (JOBS, COLLECTIONS):
        assert Client().get(path, headers=basic(secret)).status_code == 401


def test_an_old_token_opens_nothing(secret):
    ApiToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert Client().get(JOBS, headers=basic(secret)).status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("csrf", [True, False])
def test_basic_never_writes(secret, cast, method, csrf):
    """A browser that kept it would send it along with another site's form."""
    job = JobRun.objects.create(kind="x", title="x", owner=cast.users["bounmy"])
    client = Client(enforce_csrf_checks=csrf)
    path = f"{JOBS}/{job.uid}/cancel"
    answer = getattr(client, method)(path, headers=basic(secret))
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert "Bearer" in answer.json()["detail"]
    job.refresh_from_db()
    assert job.status == "queued"


def test_basic_does_not_lend_its_rights_to_a_session(secret, clients, cast):
    """Nor the other way round: what is sent beside a session is judged alone."""
    job = JobRun.objects.create(kind="x", title="x", owner=cast.users["bounmy"])
    path = f"{JOBS}/{job.uid}/cancel"
    assert clients["bounmy"].post(path, headers=basic(secret)).status_code == 401
    assert clients["aysel"].get(JOBS, headers=basic("wrong")).status_code == 401
    seen = clients["aysel"].get("/api/v1/me", headers=basic(secret)).json()
    alone = Client().get("/api/v1/me", headers=basic(secret)).json()
    assert seen == alone


@pytest.mark.parametrize(
    "path", ["/hazards/", "/", "/account/tokens/", "/ogcx", "/apis"]
)
def test_pages_do_not_open(secret, path):
    answer = Client().get(path, headers=basic(secret) | {"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "sign", [{"Sec-Fetch-Mode": "cors"}, {"Referer": "/hazards/"}, {"Cookie": "a=b"}]
)
def test_a_browser_is_not_asked_for_a_password(sign):
    for path in (JOBS, COLLECTIONS):
        answer = Client().get(path, headers=sign)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_options_tells_that_nothing_can_be_written(secret):
    """QGIS from 3.32 on asks so whether it may offer to edit."""
    path = f"{COLLECTIONS}/hazardous-areas/items"
    answer = Client().options(path, headers=basic(secret))
    assert answer.status_code == 204
    assert answer["Allow"] == "GET, HEAD, OPTIONS"
    assert Client().options(path).status_code == 401


def test_reads_by_basic_are_answered_as_quickly(secret, django_assert_max_num_queries):
    client = Client(headers=basic(secret))
    assert client.get(COLLECTIONS).status_code == 200
    # One, for whether access has changed meanwhile, in whichever process.
    with django_assert_max_num_queries(1):
        answer = client.get(COLLECTIONS)
    assert answer.status_code == 200
    assert not answer.cookies


def test_a_second_factor_is_not_asked_of_programs(secret, settings):
    settings.REQUIRE_MFA = True
    for path in (JOBS, COLLECTIONS, f"{COLLECTIONS}?f=html"):
        assert Client().get(path, headers=basic(secret)).status_code == 200


def test_the_log_never_has_it(secret, caplog):
    header = basic(secret)["Authorization"]
    with caplog.at_level("DEBUG"):
        Client().get(JOBS, headers=basic(secret))
        Client().post(JOBS, headers=basic(secret))
        Client().get(JOBS, headers=basic(f"{secret}x"))
    text = "\n".join(f"{r.getMessage()} {r.__dict__}" for r in caplog.records)
    assert " 401 " in text
    assert secret not in text
    assert header.partition(" ")[2] not in text
