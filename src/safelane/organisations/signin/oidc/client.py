"""django-allauth's OpenID Connect client, made to trust no more than it must."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import (
    OpenIDConnectProvider,
)
from allauth.socialaccount.providers.openid_connect.views import (
    OpenIDConnectOAuth2Adapter,
)
from django.conf import settings
from django.http import HttpRequest

from safelane.organisations.signin.oidc.tokens import (
    Expected,
    nonce_of,
    read_id_token,
)

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OPTIONAL = ("userinfo_endpoint",)


class Client(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Ask one provider, and check all that it says."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the provider says of itself.

        Raises:
            OAuth2Error: It is out of reach, names another issuer than the settings,
                or an address that is less protected than the issuer's.
        """
        from requests import RequestException  # every command would wait for it

        try:
            config: dict[str, Any] = super().openid_config
        except (RequestException, ValueError) as error:
            raise OAuth2Error("The provider does not describe itself") from error
        if config.get("issuer") != settings.OIDC_ISSUER:
            raise OAuth2Error("The provider says that it is another issuer")
        scheme = urlsplit(settings.OIDC_ISSUER).scheme
        named = [*ENDPOINTS, *(name for name in OPTIONAL if name in config)]
        if any(urlsplit(str(config.get(n, ""))).scheme != scheme for n in named):
            raise OAuth2Error("The provider names an address that cannot be used")
        return config

    def get_access_token_data(
        self,
        request: HttpRequest,
        app: Any,
        client: Any,
        pkce_code_verifier: Any = None,
    ) -> Any:
        self.nonce = nonce_of(pkce_code_verifier or "")
        return super().get_access_token_data(
            request, app, client, pkce_code_verifier=pkce_code_verifier
        )

    def complete_login(
        self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any
    ) -> Any:
        """Return who signed in, as the signed ID token says.

        Raises:
            OAuth2Error: There is none, or it does not hold.
        """
        claims = self._claims(app, kwargs["response"].get("id_token"))
        if "email" not in claims and "userinfo_endpoint" in self.openid_config:
            claims |= self._more_about(claims["sub"], token)
        return self.get_provider().sociallogin_from_response(
            request, {"id_token": claims}
        )

    def _claims(self, app: Any, id_token: Any) -> dict[str, Any]:
        if not isinstance(id_token, str):
            raise OAuth2Error("The provider sent no ID token")
        config = self.openid_config
        with get_adapter().get_requests_session() as session:
            answer = session.get(config["jwks_uri"])
            answer.raise_for_status()
            keys = answer.json()
        expected = Expected(config["issuer"], app.client_id, self.nonce)
        return read_id_token(id_token, keys, expected)

    def _more_about(self, subject: str, token: SocialToken) -> dict[str, Any]:
        found = self._fetch_user_info(token.token)
        if found.get("sub") != subject:
            raise OAuth2Error("The provider tells of somebody else")
        names = ("email", "email_verified")
        return {name: found[name] for name in names if name in found}


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """The one provider of an installation."""

    oauth2_adapter_class = Client

    def get_pkce_params(self) -> dict[str, Any]:
        """Return PKCE parameters and the nonce that belongs to them."""
        params: dict[str, Any] = super().get_pkce_params()
        return {**params, "nonce": nonce_of(params["code_verifier"])}

    def get_auth_params_from_request(
        self, request: HttpRequest, action: str
    ) -> dict[str, Any]:
        """Return no more than the settings say: nobody adds any in an address."""
        return dict(self.get_auth_params())

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Return the scope of the settings, whatever an address asks for."""
        return list(self.get_scope())

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return issuer and subject as one: no other provider's people are these."""
        claims = data["id_token"]
        text = f"{claims['iss']}\n{claims['sub']}"
        return hashlib.sha256(text.encode()).hexdigest()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what is kept of the claims: whose they are, and nothing else."""
        return {name: data["id_token"][name] for name in ("iss", "sub")}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Return the address only if the provider says plainly that it is checked."""
        found: list[Any] = super().extract_email_addresses(data)
        return [address for address in found if address.verified is True]


provider_classes = [Provider]
