"""A small OpenID provider on this machine, which can also lie in every way."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CLIENT, SECRET = "safelane", "the client's secret"


@dataclass
class OpenIdProvider:
    """What the provider knows, what it was asked, and how it lies.

    Args:
        person: Claims of whoever signs in there.
        changed: Claims that replace the right ones; None takes a claim away.
    """

    person: dict[str, Any] = field(default_factory=dict)
    changed: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    key: Any = KEY
    algorithm: str = "RS256"
    sends_id_token: bool = True
    redirects: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    redeemed: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    issuer: str = ""

    def description(self) -> dict[str, Any]:
        paths = {
            "authorization_endpoint": "/authorize",
            "token_endpoint": "/token",
            "jwks_uri": "/keys",
            "userinfo_endpoint": "/userinfo",
        }
        known = {name: self.issuer + path for name, path in paths.items()}
        return {"issuer": self.issuer, **known, **self.described}

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]}

    def authorize(self, query: dict[str, str]) -> str:
        """Return where the browser goes back to."""
        self.asked.append(query)
        code = f"code-{len(self.asked)}"
        self.codes[code] = query
        answer = urlencode({"code": code, "state": query["state"]})
        return f"{query['redirect_uri']}?{answer}"

    def redeem(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Return tokens for a code, once, to whoever holds its verifier."""
        self.redeemed.append(form)
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or not self._is_ours(form, asked):
            return None
        tokens = {"access_token": "the access token", "token_type": "Bearer"}
        if self.sends_id_token:
            tokens["id_token"] = self.id_token(asked)
        return tokens

    def _is_ours(self, form: dict[str, str], asked: dict[str, str]) -> bool:
        verifier = form.get("code_verifier", "").encode()
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest())
        return (
            (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
            and form.get("redirect_uri") == asked["redirect_uri"]
            and digest.rstrip(b"=").decode() == asked.get("code_challenge")
        )

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        times = {"iat": now, "exp": now + 300}
        claims = {"iss": self.issuer, "aud": CLIENT, "nonce": asked.get("nonce")}
        said = {**claims, **times, **self.person, **self.changed}
        kept = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(kept, self.key, self.algorithm, headers={"kid": "one"})


def serve(provider: OpenIdProvider) -> ThreadingHTTPServer:
    """Start the provider on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            if provider.redirects and parts.path == "/keys":
                self.go("/elsewhere")
            elif parts.path == "/authorize":
                self.go(provider.authorize(query))
            else:
                self.answer(documents().get(parts.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {k: v[0] for k, v in parse_qs(body).items()}
            self.answer(provider.redeem(form))

        def go(self, where: str) -> None:
            self.send_response(302)
            self.send_header("Location", where)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def answer(self, content: Any) -> None:
            body = json.dumps(content).encode()
            self.send_response(400 if content is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    def documents() -> dict[str, Any]:
        return {
            "/.well-known/openid-configuration": provider.description(),
            "/keys": provider.keys(),
            "/elsewhere": provider.keys(),
            "/userinfo": provider.userinfo,
        }

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
