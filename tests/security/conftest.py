"""What the tests of the whole site share: settings as a server has them."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from typing import Any

import pytest

from safelane.config import settings as module

SERVER = {
    "SAFELANE_HTTPS": "yes",
    "SAFELANE_TRUST_PROXY": "yes",
    "SAFELANE_PUBLIC_URL": "https://testserver",
    "SAFELANE_ALLOWED_HOSTS": "testserver",
}
TAKEN = (
    "SECURE_",
    "SESSION_",
    "CSRF_",
    "LANGUAGE_COOKIE",
    "TRUST_PROXY",
    "USE_X_",
    "ALLOWED_HOSTS",
    "DEBUG",
)
PASSWORD = "four rather unlikely words"


@pytest.fixture
def settings_with(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Return a function from environment to all Django settings."""

    def read(**variables: str) -> dict[str, Any]:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(module.__file__))

    return read


@pytest.fixture
def on_a_server(settings: Any, settings_with: Callable[..., dict[str, Any]]) -> None:
    """Give this test the settings of a server behind HTTPS."""
    for name, value in settings_with(**SERVER).items():
        if name.startswith(TAKEN):
            setattr(settings, name, value)


@pytest.fixture
def bounmy(cast: Any) -> Any:
    """Return Bounmy's account, with a password."""
    user = cast.users["bounmy"]
    user.set_password(PASSWORD)
    user.save()
    return user
