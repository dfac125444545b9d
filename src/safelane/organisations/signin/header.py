"""The API token in a request's Authorization header, and how to ask for one."""

from __future__ import annotations

import base64

from django.http import HttpRequest
from django.utils.translation import gettext as _

from safelane.organisations.signin.errors import TokenRefused

MACHINE_PATHS = ("/api/", "/ogc/", "/tiles/")
TOKEN_PATHS = (*MACHINE_PATHS, "/files/")
READING = frozenset({"GET", "HEAD", "OPTIONS"})
ASK_BEARER = 'Bearer realm="Safelane"'
# Basic stands first: Qt, and with it QGIS, looks at the first scheme only.
ASK_BOTH = f'Basic realm="Safelane", charset="UTF-8", {ASK_BEARER}'
SIGNS_OF_A_BROWSER = ("HTTP_SEC_FETCH_MODE", "HTTP_COOKIE", "HTTP_REFERER")


def token_of(request: HttpRequest) -> str | None:
    """Return the API token of a request, or None when it has no such header.

    Either counts at the addresses of programs only (:func:`counts_here`). Basic
    (RFC 7617) holds the token as its password, and any user name. Since browsers
    repeat it by themselves, also when another site sends them, it only reads.

    Raises:
        TokenRefused: The header is of another scheme, cannot be read, or is Basic
            where that does not count.
    """
    header = request.META.get("HTTP_AUTHORIZATION")
    return None if header is None else token_in(header, basic=_may_be_basic(request))


def counts_here(request: HttpRequest) -> bool:
    """Say whether a token opens anything at this address: pages are for people."""
    return is_below(request.path, TOKEN_PATHS)


def token_in(header: str, *, basic: bool) -> str:
    """Return the API token of a header.

    Args:
        basic: Whether Basic counts for this request.

    Raises:
        TokenRefused: As :func:`token_of`.
    """
    scheme, _space, given = header.strip().partition(" ")
    if scheme.lower() == "basic":
        if not basic:
            raise TokenRefused(
                _("Basic only reads, below %(paths)s. Send “%(header)s”.")
                % {
                    "paths": ", ".join(TOKEN_PATHS),
                    "header": "Authorization: Bearer <token>",
                }
            )
        return _password(given)
    if scheme.lower() != "bearer" or not given.strip():
        raise TokenRefused(_("Send “Authorization: Bearer <token>”."))
    return given.strip()


def challenge_for(request: HttpRequest) -> str:
    """Return what a 401 asks for: Bearer, and Basic where programs may send it.

    Browsers are not asked for Basic. They would open a window of their own, into which
    people type their password, and would keep what was typed.
    """
    from_browser = any(request.META.get(name) for name in SIGNS_OF_A_BROWSER)
    both = _may_be_basic(request) and not from_browser
    return ASK_BOTH if both else ASK_BEARER


def is_below(path: str, places: tuple[str, ...]) -> bool:
    """Say whether ``path`` is one of the places or below it: ``/ogc`` is ``/ogc/``."""
    return f"{path}/".startswith(places)


def _may_be_basic(request: HttpRequest) -> bool:
    return request.method in READING and counts_here(request)


def _password(given: str) -> str:
    """Return the password of Basic credentials; tokens are plain ASCII.

    User names may come in any characters, since nobody looks at them.
    """
    try:
        both = base64.b64decode(given.strip(), validate=True)
        password = both.partition(b":")[2].decode("ascii").strip()
    except ValueError:
        password = ""
    if not password:
        raise TokenRefused(
            _("With Basic, the password is an API token and the user name is “token”.")
        )
    return password
