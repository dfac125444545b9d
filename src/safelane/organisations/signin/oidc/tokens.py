"""Checking ID tokens: signature, issuer, audience, time and nonce, always.

Sources: OpenID Connect Core 1.0 (3.1.3.7), RFC 7519, RFC 8725.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

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
