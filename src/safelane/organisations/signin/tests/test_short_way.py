"""The short way before Django gives the same answers, and only those that are plain."""

import io
import json
import sys
from base64 import b64encode
from datetime import timedelta

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.utils import timezone

from safelane.core.collections.catalogue import collections_for
from safelane.core.ogc import shortway
from safelane.core.ogc.shortway import ShortWay
from safelane.hazards.testing import register_area
from safelane.organisations.models import Membership
from safelane.organisations.signin import token_cache
from safelane.organisations.signin.actions import create_token, revoke_token
from safelane.organisations.signin.tokens import actor_of_reader

pytestmark = pytest.mark.django_db
HAZARDS = "/ogc/collections/hazardous-areas/items"
QUERIES = [
    "",
    "limit=2",
    "limit=1&after=1",
    "bbox=40,30,50,45",
    "bbox=-180,-90,180,90&limit=2&crs=http://www.opengis.net/def/crs/EPSG/0/3857",
    "datetime=2024-01-01/..",
    "datetime=../2020-01-01",
]


class Ways:
    """One application with the short way and one without, asked the same."""

    def __init__(self):
        self.handed_on = 0
        self.django = WSGIHandler()
        self.short = ShortWay(self._counted, actor_of_reader)

    def _counted(self, environ, start_response):
        self.handed_on += 1
        return self.django(environ, start_response)

    def learn(self, secret):
        """Let Django answer the first of both kinds."""
        uid = json.loads(ask(self.short, HAZARDS, secret)[2])["features"][0]["id"]
        ask(self.short, f"{HAZARDS}/{uid}", secret)
        self.handed_on = 0
        return uid


def environ(path, secret="", **more):
    address, _mark, query = path.partition("?")
    found = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": address,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost:8000",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }
    if secret:
        found["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return found | more


def ask(application, path, secret="", **more):
    """Return status, headers and body of an answer."""
    told = []
    answer = application(
        environ(path, secret, **more),
        lambda status, headers: told.append((status, headers)),
    )
    body = b"".join(answer)
    getattr(answer, "close", lambda: None)()
    status, headers = told[0]
    return status, dict(headers), body


def without_moment(body):
    return {k: v for k, v in json.loads(body).items() if k != "timeStamp"}


@pytest.fixture(autouse=True)
def kept_connection(monkeypatch):
    """Requests close their connections at the end; the test's own stays."""
    for connection in connections.all():
        monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)


@pytest.fixture
def tokens(cast, actors):
    token_cache.forget()
    found = {}
    for name in ("aysel", "bounmy", "chan", "dara"):
        membership = Membership.objects.filter(user=cast.users[name]).first()
        until = timezone.now() + timedelta(days=1)
        found[name] = create_token(membership, "GIS", until, by=actors[name])
    return found


@pytest.fixture
def register(cast):
    for country in ("azerbaijan", "laos", "cambodia"):
        for number in range(3):
            register_area(cast, country, f"{country[:2].upper()}-{number}")


@pytest.fixture
def ways(tokens, register):
    found = Ways()
    found.learn(tokens["aysel"][1])
    return found


@pytest.mark.parametrize("who", ["aysel", "bounmy", "chan", "dara"])
def test_both_ways_give_the_same_to_everybody(ways, tokens, actors, who):
    secret = tokens[who][1]
    for collection in collections_for(actors["aysel"]):
        items = f"/ogc/collections/{collection.name}/items"
        for query in QUERIES:
            compare(ways, f"{items}?{query}".removesuffix("?"), secret)
        status, _headers, body = ask(ways.django, items, secret)
        for feature in json.loads(body)["features"] if status == "200 OK" else ():
            compare(ways, f"{items}/{feature['id']}", secret)


def compare(ways, path, secret):
    """Assert that a read is the same both ways, but for its moment and number."""
    short, full = (ask(way, path, secret) for way in (ways.short, ways.django))
    assert short[0] == full[0], path
    ids = [answer[1].pop("X-Request-ID") for answer in (short, full)]
    assert len(set(ids)) == 2
    if short[0] != "200 OK":
        assert json.loads(short[2]) == json.loads(full[2])
        return
    assert short[1] == full[1], path
    assert without_moment(short[2]) == without_moment(full[2]), path


def test_plain_reads_do_not_reach_django(ways, tokens):
    secret = tokens["aysel"][1]
    for _ in range(3):
        assert ask(ways.short, f"{HAZARDS}?bbox=40,30,50,45", secret)[0] == "200 OK"
    assert ways.handed_on == 0


def test_basic_takes_the_short_way_too(ways, tokens):
    given = b64encode(f"token:{tokens['aysel'][1]}".encode()).decode()
    answer = ask(ways.short, HAZARDS, HTTP_AUTHORIZATION=f"Basic {given}")
    assert answer[0] == "200 OK"
    assert ways.handed_on == 0


def test_a_coarse_reader_gets_no_exact_place_the_short_way(ways, tokens):
    status, _headers, body = ask(ways.short, HAZARDS, tokens["chan"][1])
    assert ways.handed_on == 0
    assert status == "200 OK"
    assert json.loads(body)["features"]
    assert b"1234567" not in body


@pytest.mark.parametrize(
    "more",
    [
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "POST"},
        {"HTTP_COOKIE": "sessionid=1"},
        {"HTTP_AUTHORIZATION": "Basic Zzp4"},
        {"HTTP_AUTHORIZATION": "Digest x"},
        {"HTTP_AUTHORIZATION": "Bearer "},
        {"HTTP_HOST": "evil.example.org"},
        {"HTTP_ACCEPT_LANGUAGE": "lo"},
        {"SCRIPT_NAME": "/below"},
        {"wsgi.url_scheme": "https"},
        {"QUERY_STRING": "f=html"},
        {"QUERY_STRING": "unknown=1"},
        {"QUERY_STRING": "name=\xe9"},
        {"PATH_INFO": "/ogc/collections/hazardous-areas/items/"},
        {"PATH_INFO": "/ogc/collections/../api"},
        {"PATH_INFO": "/ogc/collections/nothing/items"},
    ],
)
def test_what_is_not_plain_is_djangos(ways, tokens, more):
    ask(ways.short, HAZARDS, tokens["aysel"][1], **more)
    assert ways.handed_on == 1


def test_a_revoked_token_is_refused_at_once(ways, tokens, actors):
    token, secret = tokens["aysel"]
    assert ask(ways.short, HAZARDS, secret)[0] == "200 OK"
    revoke_token(token, by=actors["aysel"])
    assert ask(ways.short, HAZARDS, secret)[0] == "401 Unauthorized"


def test_an_unknown_token_teaches_nothing(tokens, register):
    ways = Ways()
    assert ask(ways.short, HAZARDS, "wrong")[0] == "401 Unauthorized"
    assert ask(ways.short, HAZARDS, tokens["aysel"][1])[0] == "200 OK"
    assert ways.handed_on == 2


def test_addresses_in_answers_are_those_of_the_host_asked(ways, tokens):
    secret = tokens["aysel"][1]
    for host in ("127.0.0.1", "localhost:8000", "127.0.0.1"):
        body = ask(ways.short, f"{HAZARDS}?limit=1", secret, HTTP_HOST=host)[2]
        for link in json.loads(body)["links"]:
            assert link["href"].startswith(f"http://{host}/ogc/")


def test_each_answer_is_logged_once_with_its_actor(ways, tokens, cast, caplog):
    with caplog.at_level("INFO", logger="safelane.requests"):
        ask(ways.short, HAZARDS, tokens["aysel"][1])
    assert [record.getMessage().rsplit(" ", 2)[0] for record in caplog.records] == [
        "GET ogc/collections/<str:name>/items 200"
    ]


def test_a_way_that_fails_is_told_and_django_answers(ways, tokens, monkeypatch, caplog):
    def fail(*_args):
        raise RuntimeError("broken")

    monkeypatch.setattr(shortway, "items_body", fail)
    with caplog.at_level("ERROR", logger="safelane.requests"):
        assert ask(ways.short, HAZARDS, tokens["aysel"][1])[0] == "200 OK"
    assert ways.handed_on == 1
    assert [r.levelname for r in caplog.records] == ["ERROR"]
