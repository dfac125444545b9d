"""What travels how: TLS, certificates, addresses, boundaries of messages."""

import ssl

import pytest
from django.core.mail.backends.smtp import EmailBackend
from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser

from safelane.config.env import load_env
from safelane.config.server import parse_database_url
from tests.architecture.sources import ROOT

SERVER = (ROOT / "docs" / "deploy" / "server.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("host", ["db.example.org", "10.0.0.7", "[fd00::7]"])
def test_a_database_elsewhere_is_asked_over_tls(host):
    found = parse_database_url(f"postgres://a:b@{host}/safelane")
    assert found["OPTIONS"]["sslmode"] == "require"
    stricter = parse_database_url(f"postgres://a:b@{host}/x?sslmode=verify-full")
    assert stricter["OPTIONS"]["sslmode"] == "verify-full"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", ""])
def test_a_database_on_this_machine_needs_none(host):
    assert "sslmode" not in parse_database_url(f"postgres://a:b@{host}/x")["OPTIONS"]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_mail_goes_over_tls_with_a_checked_certificate(scheme):
    env = load_env({"SAFELANE_EMAIL_URL": f"{scheme}://a:b@mail.example.org"})
    mail = env.email
    assert mail["EMAIL_USE_TLS"] != mail["EMAIL_USE_SSL"]
    assert mail["EMAIL_TIMEOUT"] <= 30
    context = EmailBackend(host="mail.example.org", use_tls=True).ssl_context
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


def test_the_provider_is_asked_with_a_checked_certificate_and_without_detours(rf):
    from safelane.organisations.signin.adapters import ProviderAdapter

    with ProviderAdapter(rf.get("/")).get_requests_session() as session:
        assert session.verify is True
        assert session.max_redirects == 0
        assert 0 < session.request.keywords["timeout"] <= 10


def test_a_certificate_that_nobody_knows_is_refused(rf, tmp_path):
    """Ask a TLS server of our own whose certificate no authority has signed."""
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    import requests

    from safelane.organisations.signin.adapters import ProviderAdapter

    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    threading.Thread(target=server.handle_request, daemon=True).start()
    with (
        ProviderAdapter(rf.get("/")).get_requests_session() as session,
        pytest.raises(requests.exceptions.SSLError),
    ):
        session.get(f"https://127.0.0.1:{server.server_port}/")
    server.server_close()


def self_signed(folder):
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "both.pem").write_bytes(private + made.public_bytes(Encoding.PEM))
    return folder / "both.pem"


def parsed(head):
    parser = HTTPRequestParser(Adjustments())
    parser.received(head)
    return parser


def test_length_and_chunks_together_are_no_way_to_smuggle():
    """Transfer-Encoding counts, Content-Length does not (RFC 9112, 6.3)."""
    both = (
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    parser = parsed(both)
    parser.received(b"b\r\nhello world\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n")
    assert parser.completed and parser.chunked
    assert parser.headers["CONTENT_LENGTH"] == "11"
    assert parser.get_body_stream().read() == b"hello world"


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Content-Length: +4\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"X: a\r\n b\n: c\r\nNo colon here\r\n",
    ],
)
def test_unclear_boundaries_are_refused(lines):
    parser = parsed(b"POST / HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n")
    assert parser.error is not None
    assert parser.error.code in (400, 501)


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (False, "192.0.2.9", "203.0.113.5"),
        (True, "192.0.2.9", "192.0.2.9"),
        (True, "10.1.1.1, 192.0.2.9", "192.0.2.9"),  # the proxy adds at the end
        (True, "", "203.0.113.5"),
    ],
)
def test_addresses_are_those_that_the_proxy_saw(
    rf, settings, trusted, forwarded, address
):
    from safelane.organisations.signin.adapters import client_address

    settings.TRUST_PROXY = trusted
    request = rf.get(
        "/", REMOTE_ADDR="203.0.113.5", headers={"X-Forwarded-For": forwarded}
    )
    assert client_address(request) == address


@pytest.mark.django_db
def test_nobody_buys_guesses_with_a_header(client, bounmy, settings):
    for number in range(settings.LOCKOUT_ATTEMPTS):
        client.post(
            "/account/login/",
            {"login": "bounmy", "password": "wrong"},
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        )
    from safelane.organisations.signin.adapters import is_locked

    assert is_locked("bounmy", "127.0.0.1")


def test_the_documented_web_server_speaks_tls_only():
    assert "listen 443 ssl" in SERVER
    assert "listen 80" not in SERVER
    protocols = [line for line in SERVER.splitlines() if "ssl_protocols" in line]
    assert [line.split()[1:] for line in protocols] == [["TLSv1.2", "TLSv1.3;"]]
    (ciphers,) = [line for line in SERVER.splitlines() if "ssl_ciphers" in line]
    weak = ("CBC", "RC4", "3DES", "MD5", "NULL", "EXPORT", "RSA+")
    assert not [name for name in weak if name in ciphers.replace("ECDHE", "")]
    assert "ssl_certificate " in SERVER
    assert "Let's Encrypt" in SERVER


def test_the_documented_service_has_few_rights():
    for line in ("User=safelane", "NoNewPrivileges=yes", "ProtectSystem=strict",
                 "UMask=0077"):  # fmt: skip
        assert line in SERVER
    assert "CREATE USER safelane" in SERVER
    assert "SUPERUSER" not in SERVER
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in SERVER
