from __future__ import annotations

from typing import Any

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import (
    OAuth2CallbackView,
    OAuth2LoginView,
)
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from safelane.organisations.signin.oidc.client import Client


@login_not_required
@never_cache
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send somebody to the provider: a page first, the journey on a POST."""
    return _guarded(request, OAuth2LoginView, provider_id)


@login_not_required
@never_cache
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take somebody back from the provider, or say that it did not work."""
    return _guarded(request, OAuth2CallbackView, provider_id)


def _guarded(request: HttpRequest, view: Any, provider_id: str) -> HttpResponse:
    client = Client(request, provider_id)
    try:
        response: HttpResponse = view.adapter_view(client)(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except OAuth2Error as error:
        response = render_authentication_error(
            request, client.get_provider(), exception=error
        )
    return response
