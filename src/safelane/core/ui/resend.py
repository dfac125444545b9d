"""What was typed survives an answer that it could not be taken now."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token

# Signed out, busy, too slow, full: the same form may pass when it is sent again.
PASSING = frozenset({401, 503, 504, 507})
AGAINST_FORGERY = "csrfmiddlewaretoken"
LEFT_OUT = "left-out"  # no form has such a field; "identity" and "file"
IDENTITY = re.compile(r"(^|-)identity_")  # a field of what is sealed once it is saved


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent.

    Args:
        url: Where it goes again.
        fields: Name and value of each field, in their order.
        files: Names of the files, which have to be chosen again.
        lacks_identity: Something typed of a person's identity is left out.
    """

    url: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    lacks_identity: bool


def sent_form(request: HttpRequest) -> Sent | None:
    """Return the form that a page of ours sent, to be sent again; None without one.

    A form of another site would get our token by it. Forms of accounts and such with a
    password are never shown again, nor what tells who a person is. What lacks something
    is saved as a draft and not submitted: nobody could add it any more.
    """
    is_form = request.method == "POST" and not request.path.startswith("/account/")
    if not is_form or not (_is_checked(request) or _is_own_page(request)):
        return None
    names = set(request.POST) - {AGAINST_FORGERY}
    if not request.POST or any("password" in name for name in names):
        return None
    identity = {name for name in names if IDENTITY.search(name)}
    files = [str(f.name) for _name, each in request.FILES.lists() for f in each]
    lacking = set(request.POST.getlist(LEFT_OUT)) | ({"file"} if files else set())
    if any(any(request.POST.getlist(name)) for name in identity):
        lacking.add("identity")
    kept = request.POST.copy()
    if lacking:
        kept.setlist(LEFT_OUT, sorted(lacking))  # said again wherever it comes back
    if lacking and kept.get("then") == "submit":
        kept["then"] = "draft"
    fields = [(AGAINST_FORGERY, get_token(request))]
    for name, values in kept.lists():
        if name not in identity and name != AGAINST_FORGERY:
            fields += [(name, str(value)) for value in values]
    url, lacks_identity = request.get_full_path(), "identity" in lacking
    return Sent(url, tuple(fields), tuple(files), lacks_identity)


def _is_checked(request: HttpRequest) -> bool:
    """Say whether Django has taken the token of the form for ours."""
    return bool(getattr(request, "csrf_processing_done", False))


def _is_own_page(request: HttpRequest) -> bool:
    """Say whether the browser tells that a page of this site sent the form."""
    origin = request.headers.get("Origin", "")
    own = f"{request.scheme}://{request.get_host()}"
    return origin in {own, *settings.CSRF_TRUSTED_ORIGINS}
