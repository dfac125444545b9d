"""The content security policy on every answer."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings

from safelane.core.ui.security import (
    ContentSecurityPolicyMiddleware,
    origin_of,
    policy_text,
)


def directives(text: str) -> dict[str, str]:
    return {
        name: value for name, _, value in (p.partition(" ") for p in text.split("; "))
    }


def test_nothing_inline_and_nothing_from_abroad() -> None:
    policy = directives(policy_text())
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in policy_text()


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("", ""),
        ("/tiles/base/{z}/{x}/{y}.png", ""),
        ("https://tiles.example.org/{z}/{x}/{y}.png", "https://tiles.example.org"),
        ("https://{s}.tiles.example.org/{z}.png", "https://*.tiles.example.org"),
        (
            "pmtiles://https://maps.example.org:8443/a.pmtiles",
            "https://maps.example.org:8443",
        ),
        ("https://user:secret@tiles.example.org/{z}.png", "https://tiles.example.org"),
        ("javascript:alert(1)", ""),
    ],
)
def test_only_the_origin_of_a_basemap_is_let_in(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@override_settings(
    MAP_TILE_URL="https://tiles.example.org/{z}/{x}/{y}.png",
    OIDC_ISSUER="https://login.example.org/realm",
)
def test_configured_hosts_are_added_where_they_are_needed() -> None:
    middleware = ContentSecurityPolicyMiddleware(lambda request: HttpResponse())
    policy = directives(middleware(HttpRequest())["Content-Security-Policy"])
    assert policy["img-src"].endswith("https://tiles.example.org")
    assert policy["form-action"] == "'self' https://login.example.org"
    assert policy["script-src"] == "'self'"


def test_a_view_may_be_stricter() -> None:
    answer = HttpResponse(headers={"Content-Security-Policy": "sandbox"})
    middleware = ContentSecurityPolicyMiddleware(lambda request: answer)
    assert middleware(HttpRequest())["Content-Security-Policy"] == "sandbox"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/account/login/", "/no/such/page/"])
def test_every_answer_carries_the_policy(path: str) -> None:
    assert "default-src 'none'" in Client().get(path)["Content-Security-Policy"]
