"""Every language of the interface is known to Django, Lao included."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from safelane.core.i18n.languages import COMPLETE, DRAFTS, OFFERED, TRANSLATED, is_draft
from safelane.core.i18n.middleware import (
    LanguageMiddleware,
    language_of,
    remember_language,
)

ROOT = Path(__file__).parents[5]
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def ask(**headers: str) -> HttpRequest:
    return RequestFactory().get("/", headers={k.replace("_", "-"): v for k, v in
                                              headers.items()})  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_django_knows_the_language(language: str) -> None:
    assert translation.check_for_language(language)
    assert translation.get_language_info(language)["name_local"]


def test_all_but_english_have_a_catalogue() -> None:
    assert {"en", *TRANSLATED} == {code for code, _name in settings.LANGUAGE_NAMES}
    assert set(LANGUAGES) == OFFERED <= {"en", *TRANSLATED}
    assert set(COMPLETE) <= set(TRANSLATED)
    assert not is_draft("en")
    assert all(is_draft(language) for language in DRAFTS)


@pytest.mark.parametrize("language", COMPLETE)
def test_month_names_come_in_the_language(language: str) -> None:
    from django.utils.dates import MONTHS

    with translation.override(language):
        assert str(MONTHS[3]) != "March"


def test_the_browser_is_heard() -> None:
    assert language_of(ask(accept_language="lo,en;q=0.5")) == "lo"
    assert language_of(ask(accept_language="fr")) == settings.LANGUAGE_CODE


def test_the_switch_beats_account_and_browser() -> None:
    request = ask(accept_language="az")
    request.session = {"language": "lo"}
    assert language_of(request) == "lo"
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert language_of(request) == "en"
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = "../etc"
    assert language_of(request) == "az"


@pytest.mark.django_db
def test_a_language_that_is_hardly_translated_is_not_offered(client: Client) -> None:
    page = client.get("/account/login/", headers={"accept-language": "km"})
    text = page.content.decode()
    assert page.headers["Content-Language"] == settings.LANGUAGE_CODE
    assert "ລາວ" in text and "Azərbaycanca" in text
    assert not [w for w in ("ភាសាខ្មែរ", "Tiếng Việt", "Русский") if w in text]


def test_what_is_offered_is_counted_in_the_catalogues(monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import messages

    assert messages.OFFERED_FILE.read_text("utf-8") == messages.offered()
    sys.modules.pop("messages", None)


def test_sign_in_brings_the_language_of_the_account() -> None:
    class Account:
        language = "lo"

    request = ask()
    request.session = {}
    remember_language(object, request, Account())
    assert language_of(request) == "lo"


def test_answers_say_their_language() -> None:
    seen: list[str | None] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(translation.get_language())
        return HttpResponse()

    response = LanguageMiddleware(view)(ask(accept_language="az"))
    assert seen == ["az"]
    assert response.headers["Content-Language"] == "az"
    assert "Accept-Language" in response.headers["Vary"]


def test_catalogues_are_complete_and_compiled(monkeypatch) -> None:
    """Fails on a missing, fuzzy or obsolete message, an unlike placeholder, an old
    .mo: run ``scripts/messages.py update``, translate, ``compile``."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import messages

    found = list(map(str, messages.all_faults()))
    sys.modules.pop("messages", None)
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_of_ours_runs_from_right_to_left(language: str) -> None:
    assert not translation.get_language_info(language)["bidi"]
