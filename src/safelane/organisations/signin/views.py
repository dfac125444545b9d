from __future__ import annotations

from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from safelane.core.errors import InvalidInput
from safelane.organisations.models import User
from safelane.organisations.signin.actions import (
    accept_invitation,
    create_token,
    revoke_token,
)
from safelane.organisations.signin.errors import PasswordRefused
from safelane.organisations.signin.forms import NewPasswordForm, TokenForm
from safelane.organisations.signin.queries import labelled, open_invitation, tokens_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Let the bearer of a link set a password; looking at the page uses nothing up."""
    found = open_invitation(secret)
    if found is None:
        response = render(request, "signin/invitation_closed.html", status=410)
    elif request.method == "POST":
        response = _accept(request, secret, found.user)
    else:
        response = _invitation_page(request, found.user, NewPasswordForm())
    response["Referrer-Policy"] = "same-origin"
    return response


def _accept(request: HttpRequest, secret: str, user: User) -> HttpResponse:
    if settings.WORKSPACE_IS_DEMO and "demo" in request.POST:
        return _enter(request, accept_invitation(secret, None))
    form = NewPasswordForm(request.POST)
    if form.is_valid():
        try:
            accepted = accept_invitation(secret, form.cleaned_data["password1"])
        except PasswordRefused as fault:
            form.add_error("password1", fault.message)
        else:
            return _enter(request, accepted)
    return _invitation_page(request, user, form, status=422)


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in, or ask for the second factor of an account that has one."""
    if is_mfa_enabled(user):
        messages.success(request, _("The new password is set. Sign in with it."))
        return redirect("account_login")
    login(request, user, backend=BACKEND)
    return redirect(settings.LOGIN_REDIRECT_URL)


def _invitation_page(
    request: HttpRequest, user: User, form: NewPasswordForm, status: int = 200
) -> HttpResponse:
    context = {"invited": user, "form": form, "in_demo": settings.WORKSPACE_IS_DEMO}
    return render(request, "signin/invitation.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's API tokens and make a new one, whose secret is shown this once."""
    user = _user(request)
    form = TokenForm(request.POST or None, user=user)
    secret = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        actor = request.actor  # type: ignore[attr-defined]
        membership, name = data["membership"], data["name"]
        opens = {name: data[name] for name in ("data_classes", "writes")}
        try:
            _token, secret = create_token(
                membership, name, form.expiry(), **opens, by=actor
            )
        except InvalidInput as fault:
            form.add_error(fault.field, fault.message)
        else:
            form = TokenForm(user=user)
    context = {
        "tokens": [(t, labelled(t.data_classes)) for t in tokens_of(user)],
        "form": form,
        "secret": secret,
        "address": request.build_absolute_uri(reverse("ogc:landing")),
    }
    status = 422 if form.errors else 200
    return render(request, "signin/tokens.html", context, status=status)


@require_POST
def token_revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    token = get_object_or_404(tokens_of(_user(request)), uid=uid)
    revoke_token(token, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The token does not work any more."))
    return redirect("account_tokens")


def _user(request: HttpRequest) -> User:
    return User.objects.get(pk__in=[request.user.pk or 0])
