"""How the site turns strangers away: in the words of whoever asks."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
BEARERS = [None, "Bearer wrong", "Basic YTpi"]


def ask(path, header, **extra):
    headers = {"Authorization": header} if header else {}
    return Client().get(path, headers=headers, **extra)


@pytest.mark.parametrize("header", BEARERS)
@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections",
        "/ogc/collections/hazardous-areas",
        "/ogc/collections/hazardous-areas/items",
        "/ogc/collections/hazardous-areas/items/nothing",
        "/ogc/collections/hazardous-areas/queryables",
    ],
)
def test_below_ogc_it_is_an_exception_of_the_standard(path, header):
    answer = ask(path, header)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/json"
    assert "Bearer" in answer["WWW-Authenticate"]
    body = answer.json()
    assert set(body) == {"code", "description"}
    assert body["code"] in ("sign-in-needed", "token-refused")


@pytest.mark.parametrize("header", BEARERS)
@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/hazards", "/api/v1/me"])
def test_below_the_api_it_is_a_problem_document(path, header):
    answer = ask(path, header)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert "Bearer" in answer["WWW-Authenticate"]
    assert answer.json()["status"] == 401


def test_tiles_say_it_as_a_problem_document():
    answer = ask("/tiles/hazardous-areas/0/0/0.mvt", None)
    assert answer.status_code == 401
    assert "Bearer" in answer["WWW-Authenticate"]


@pytest.mark.parametrize("path", ["/hazards/", "/accidents/", "/jobs/?page=2"])
def test_people_are_led_to_the_sign_in_page(path):
    answer = ask(path, None)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/?next=%2F")


def test_a_refusal_is_in_the_log(caplog, clients):
    with caplog.at_level("INFO", logger="safelane.requests"):
        ask("/api/v1/jobs", "Bearer wrong")
        clients["eve"].get("/hazards/")
    said = [record.getMessage() for record in caplog.records]
    assert any(" 401 " in text for text in said), said
    assert any(" 403 " in text for text in said), said


@pytest.mark.parametrize("path", ["/", "/health", "/no/such/page/", "/api/v1/nothing"])
def test_a_header_that_opens_nothing_is_refused_everywhere(path):
    answer = ask(path, "Bearer wrong", HTTP_ACCEPT="application/json")
    assert answer.status_code == 401


def test_a_session_does_not_save_a_wrong_token(clients):
    headers = {"Authorization": "Bearer wrong"}
    assert clients["aysel"].get("/hazards/", headers=headers).status_code == 302
