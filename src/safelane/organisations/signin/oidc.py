"""django-allauth's OpenID Connect client, made to trust no more than it must.

ID tokens are checked for signature, issuer, audience, time and nonce, always.

Sources: OpenID Connect Core 1.0 (3.1.3.7), RFC 7519, RFC 8725.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import (
    OAuth2CallbackView,
    OAuth2LoginView,
)
from allauth.socialaccount.providers.openid_connect.provider import (
    OpenIDConnectProvider,
)
from allauth.socialaccount.providers.openid_connect.views import (
    OpenIDConnectOAuth2Adapter,
)
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

# Signatures with a key pair only: no "none", and no shared secret used as a key.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
NEEDED = ("iss", "sub", "aud", "exp", "iat")
LEEWAY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Expected:
    """What an ID token must say to be meant for this sign-in."""

    issuer: str
    client_id: str
    nonce: str


def nonce_of(code_verifier: str) -> str:
    """Return the nonce of one sign-in, derived from its PKCE verifier.

    The verifier is random, kept in the session and used once; so is the nonce, which
    the provider sees while the verifier is still unknown to it.
    """
    text = f"safelane openid nonce:{code_verifier}"
    return hashlib.sha256(text.encode()).hexdigest()


def read_id_token(text: str, keys: Any, expected: Expected) -> dict[str, Any]:
    """Return the claims of an ID token that passes every check.

    Args:
        keys: The provider's key set (RFC 7517), as it was fetched.

    Raises:
        OAuth2Error: It is not signed by the provider, or not meant for this sign-in.
    """
    try:
        key = _key_for(text, keys)
        claims: dict[str, Any] = jwt.decode(
            text,
            key,
            algorithms=list(ALGORITHMS),
            issuer=expected.issuer,
            audience=expected.client_id,
            leeway=LEEWAY_SECONDS,
            options={"require": list(NEEDED)},
        )
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise OAuth2Error(f"ID token refused: {type(error).__name__}") from error
    _check_party(claims, expected.client_id)
    if not hmac.compare_digest(str(claims.get("nonce", "")), expected.nonce):
        raise OAuth2Error("ID token refused: it belongs to another sign-in")
    return claims


def _key_for(text: str, keys: Any) -> jwt.PyJWK:
    """Return the provider's key that a token names; the only one when it names none."""
    name = jwt.get_unverified_header(text).get("kid")
    known = jwt.PyJWKSet.from_dict(keys).keys
    found = [key for key in known if name is None or key.key_id == name]
    if len(found) != 1:
        raise jwt.InvalidTokenError("unknown key")
    return found[0]


def _check_party(claims: dict[str, Any], client_id: str) -> None:
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    party = claims.get("azp")
    if (several and party is None) or party not in (None, client_id):
        raise OAuth2Error("ID token refused: it was issued to somebody else")


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
