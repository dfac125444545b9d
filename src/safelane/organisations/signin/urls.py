"""Sign-in pages: our own, and those of django-allauth that are in use here."""

from __future__ import annotations

from allauth.account import views as account
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from safelane.organisations.signin import oidc, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("invitation/<str:secret>/", views.invitation, name="account_invitation"),
    path("tokens/", views.tokens, name="account_tokens"),
    path("tokens/<uuid:uid>/revoke/", views.token_revoke, name="account_token_revoke"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("second-factor/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
provider_urls: list[URLPattern | URLResolver] = [
    path("provider/", include("allauth.socialaccount.urls")),
    path("oidc/<slug:provider_id>/login/", oidc.login, name="openid_connect_login"),
    path(
        "oidc/<slug:provider_id>/login/callback/",
        oidc.callback,
        name="openid_connect_callback",
    ),
]
if settings.OIDC_ISSUER:
    urlpatterns += provider_urls
