"""A form that cannot be taken now comes back with what was typed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client, RequestFactory

from safelane.accidents.models import AccidentReport
from safelane.accidents.tests.test_pages import form
from safelane.core.ui.resend import sent_form

pytestmark = pytest.mark.django_db
NEW = "/hazards/reports/new/"
TYPED = {"comment": "Two <b>craters</b> behind the school", "kind": ["sha", "cha"]}
OWN = {"Origin": "http://testserver"}


def kept(answer: Any) -> bool:
    page = answer.content.decode()
    return (
        'value="Two &lt;b&gt;craters&lt;/b&gt; behind the school"' in page
        and 'name="kind" value="sha"' in page
        and 'name="kind" value="cha"' in page
        and f'action="{NEW}?organisation=3"' in page
    )


def test_who_was_signed_out_signs_in_and_sends_again(client: Client) -> None:
    photo = SimpleUploadedFile("crater.jpg", b"x")
    answer = client.post(f"{NEW}?organisation=3", {**TYPED, "photo": photo})
    assert answer.status_code == 401
    assert kept(answer)
    page = answer.content.decode()
    assert "crater.jpg" in page
    assert 'href="/account/login/" target="_blank"' in page
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("headers", "is_kept"), [(OWN, True), ({"Origin": "https://evil.example"}, False)]
)
def test_a_token_from_before_signing_in(
    cast: Any, headers: dict[str, str], is_kept: bool
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.users["bounmy"])
    answer = strict.post(f"{NEW}?organisation=3", TYPED, headers=headers)
    assert answer.status_code == 403
    assert kept(answer) is is_kept
    page = answer.content.decode()
    assert ("Send it once more</h1>" in page) is is_kept
    name = str(cast.users["bounmy"])
    assert (f"It is sent in the name of {name}." in page) is is_kept
    assert ("Your role does not open this</h1>" in page) is not is_kept


def busy(*_args: Any, **_more: Any) -> None:
    raise OperationalError("database is locked")


def test_a_busy_database(
    cast: Any, clients: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safelane.core.pages.subjects.organisations_of", busy)
    answer = clients["bounmy"].post(f"{NEW}?organisation=3", TYPED)
    assert answer.status_code == 503
    assert kept(answer)
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("headers", "is_kept"),
    [(OWN, True), ({"Origin": "https://evil.example"}, False), ({}, False)],
)
def test_a_database_that_fails_before_the_token_is_compared(
    monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], is_kept: bool
) -> None:
    """A form of another site gets neither our token nor a button."""
    language = "safelane.core.i18n.middleware.LanguageMiddleware.__call__"
    monkeypatch.setattr(language, busy)
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    answer = strict.post(f"{NEW}?organisation=3", TYPED, headers=headers)
    assert answer.status_code == 503
    assert answer["Cache-Control"] == "private, no-store"
    assert kept(answer) is is_kept
    assert ("csrfmiddlewaretoken" in answer.content.decode()) is is_kept


def test_a_password_is_never_shown_again(client: Client) -> None:
    answer = client.post(NEW, {**TYPED, "new_password": "long and secret"})
    assert answer.status_code == 401
    assert "long and secret" not in answer.content.decode()


def test_who_a_person_is_is_never_shown_again(client: Client) -> None:
    typed = {"victim-0-identity_name": "Somsak Phommachanh", "identity_contact": ""}
    answer = client.post(f"{NEW}?organisation=3", TYPED | typed)
    page = answer.content.decode()
    assert kept(answer)
    assert "Somsak" not in page and "identity_" not in page
    assert "Who a person is was left out here" in page
    answer = client.post(f"{NEW}?organisation=3", TYPED | {"identity_contact": ""})
    assert "left out here" not in answer.content.decode()


def fields_of(answer: Any) -> dict[str, str]:
    page = answer.content.decode()
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))


@pytest.mark.parametrize("lacking", ["identity", "file"])
def test_what_lacks_something_is_saved_as_a_draft(client: Client, lacking: str) -> None:
    """Submitted, nobody could type it again."""
    typed: dict[str, Any] = {"then": "submit"}
    more = {"victim-0-identity_name": "Somsak"}
    if lacking == "file":
        more = {"photo": SimpleUploadedFile("a.jpg", b"x")}  # type: ignore[dict-item]
    assert fields_of(client.post(NEW, TYPED | typed))["then"] == "submit"
    sent = fields_of(client.post(NEW, TYPED | typed | more))
    assert sent["then"] == "draft"
    again = client.post(NEW, sent)  # it still says so
    assert fields_of(again)["left-out"] == lacking
    told = "Who a person is was left out here" in again.content.decode()
    assert told is (lacking == "identity")


def test_a_fault_at_the_second_sending_does_not_hide_what_was_left_out(
    cast: Any, clients: Any
) -> None:
    bounmy, new = clients["bounmy"], "/accidents/reports/new/"
    lacking = form(**{"left-out": "identity", "then": "submit"})
    faulty = bounmy.post(new, lacking | {"date_of_information": ""})
    assert faulty.status_code == 422
    assert "was left out when this form was sent again" in faulty.content.decode()
    assert fields_of(faulty)["left-out"] == "identity"
    saved = bounmy.post(new, lacking, follow=True)
    report = AccidentReport.objects.get()
    assert report.stage == "draft"
    assert saved.request["PATH_INFO"] == f"/accidents/reports/{report.uid}/edit/"
    assert "was left out when this form was sent again" in saved.content.decode()
    bounmy.post(new, form(reference="NEW-2", then="submit"))  # nothing lacks
    assert AccidentReport.objects.latest("pk").stage == "submitted"


def test_a_form_of_an_account_is_never_kept() -> None:
    for path, is_kept in (("/account/name/", False), ("/accounts/", True)):
        request = RequestFactory().post(path, {"name": "Noy"}, headers=OWN)
        assert (sent_form(request) is not None) is is_kept
