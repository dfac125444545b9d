"""What was typed survives an answer that it could not be taken now."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token

# Signed out, busy, too slow, full: the same form may pass when it is sent again.
PASSING = frozenset({401, 503, 504, 507})
AGAINST_FORGERY = "csrfmiddlewaretoken"


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent.

    Args:
        url: Where it goes again.
        fields: Name and value of each field, in their order.
        files: Names of the files, which have to be chosen again.
    """

    url: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


def sent_form(request: HttpRequest) -> Sent | None:
    """Return the form that a page sent, to be sent again; None where there is none.

    Forms of accounts and such with a password are never shown again.
    """
    names = request.POST.keys() if request.method == "POST" else ()
    if not names or request.path.startswith("/account/"):
        return None
    if any("password" in name for name in names):
        return None
    lists = [
        (name, values)
        for name, values in request.POST.lists()
        if name != AGAINST_FORGERY
    ]
    fields = [(AGAINST_FORGERY, get_token(request))]
    fields += [(name, str(value)) for name, values in lists for value in values]
    files = [str(f.name) for _name, each in request.FILES.lists() for f in each]
    return Sent(request.get_full_path(), tuple(fields), tuple(files))


def is_own_page(request: HttpRequest) -> bool:
    """Say whether the browser tells that a page of this site sent the form."""
    origin = request.headers.get("Origin", "")
    own = f"{request.scheme}://{request.get_host()}"
    return origin in {own, *settings.CSRF_TRUSTED_ORIGINS}
