"""From fault to answer, in the form that the client asked for."""

from __future__ import annotations

import errno
import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig
from django.db.utils import OperationalError
from django.http import HttpRequest
from django.test import Client, RequestFactory

from safelane.core.errors import (
    Conflict,
    NotPermitted,
    RuleBroken,
    SignInNeeded,
    StorageUnavailable,
    TooLarge,
)
from safelane.core.scope.actor import PUBLIC
from safelane.core.ui.errors import PROBLEM, answer, as_fault, server_error


def asked(**headers: str) -> HttpRequest:
    request = RequestFactory().get("/hazards/?kind=cha", headers=headers)
    request.actor = PUBLIC
    return request


@pytest.mark.parametrize(
    ("exception", "fault"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), StorageUnavailable),
        (OSError(errno.EROFS, "Read-only file system"), StorageUnavailable),
        (OperationalError("attempt to write a readonly database"), StorageUnavailable),
        (OperationalError("database or disk is full"), StorageUnavailable),
        (RequestDataTooBig("big"), TooLarge),
        (Conflict("moved on"), Conflict),
    ],
)
def test_known_faults(exception: Exception, fault: type) -> None:
    assert type(as_fault(exception)) is fault


@pytest.mark.parametrize(
    "exception",
    [KeyError("x"), OperationalError("no such column"), OSError(errno.ENOENT, "gone")],
)
def test_defects_of_ours_stay_defects(exception: Exception) -> None:
    assert as_fault(exception) is None


def test_a_page_says_what_is_wrong() -> None:
    response = answer(asked(), Conflict("The report has been approved by now."))
    assert response.status_code == 409
    assert "approved by now" in response.content.decode()


def test_messages_cannot_bring_markup() -> None:
    response = answer(asked(), NotPermitted("<script>alert(1)</script>"))
    assert b"<script>alert" not in response.content


def test_rules_are_listed() -> None:
    fault = RuleBroken("Blocked", findings=[{"message": "No direct evidence"}])
    assert "No direct evidence" in answer(asked(), fault).content.decode()


def test_programs_get_a_problem_document() -> None:
    response = answer(asked(Accept="application/json"), Conflict("moved on"))
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["status"] == 409


def test_htmx_gets_a_toast() -> None:
    response = answer(asked(**{"HX-Request": "true"}), Conflict("moved on"))
    toast = json.loads(response["HX-Trigger"])["toast"]
    assert toast == {"message": "moved on", "level": "danger"}
    assert (response.status_code, response.content) == (409, b"")


def test_a_visitor_is_led_to_the_sign_in_page_and_back() -> None:
    response = answer(asked(), SignInNeeded("Sign in first."))
    assert response.status_code == 302
    assert "next=%2Fhazards%2F%3Fkind%3Dcha" in response["Location"]


def test_a_defect_shows_its_number_without_the_database() -> None:
    request = asked()
    request.request_id = "4711"  # type: ignore[attr-defined]
    response = server_error(request)
    assert response.status_code == 500
    assert "4711" in response.content.decode()


@pytest.mark.parametrize("path", ["/api/v1/x", "/ogc/collections/x", "/tiles/x/1/2/3"])
def test_a_program_gets_a_problem_also_of_a_defect_and_a_person_a_page(path) -> None:
    request = RequestFactory().get(path, headers={"Accept": "*/*"})
    request.request_id = "4711"  # type: ignore[attr-defined]
    response = server_error(request)
    assert response["Content-Type"] == PROBLEM
    told = json.loads(response.content)
    assert (response.status_code, told["status"], told["request"]) == (500, 500, "4711")
    assert answer(request, Conflict("moved on"))["Content-Type"] == PROBLEM
    seen = RequestFactory().get(path, headers={"Accept": "text/html,*/*"})
    assert server_error(seen)["Content-Type"].startswith("text/html")


@pytest.mark.django_db
def test_an_unknown_page(clients: dict[str, Client]) -> None:
    response = clients["bounmy"].get("/no/such/page/")
    assert response.status_code == 404
    assert "The address is wrong" in response.content.decode()


@pytest.mark.django_db
def test_a_forged_form_is_refused(cast: object) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/account/login/", {"login": "x", "password": "y"})
    assert response.status_code == 403
    assert "open too long" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "is_own"),
    [
        ("http://testserver/hazards/review/", True),
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
    ],
)
def test_a_refused_step_leads_back_to_its_page(before: str, is_own: bool):
    request = RequestFactory().post("/x/steps/approve/", headers={"Referer": before})
    request.actor = PUBLIC
    request.user = AnonymousUser()
    page = answer(request, Conflict("Somebody was faster.")).content.decode()
    assert (f'href="{before}"' in page) is is_own
