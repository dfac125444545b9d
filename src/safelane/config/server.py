"""What Django needs from the settings: database, mail, secret, OpenID provider."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from safelane.config.options import Options
from safelane.config.setting import SettingError

SQLITE_NAME = "safelane.sqlite3"
SECRET_NAME = "secret"  # noqa: S105 - a file name
SHORTEST_SECRET = 32
UNUSABLE = (
    "The secret in {path} holds {what}, which is not what `safelane init` wrote. Remove"
    " that file, then take the secret from a backup: safelane secret --from BACKUP."
)
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
    "PRAGMA secure_delete=ON;PRAGMA temp_store=MEMORY;PRAGMA cache_size=-32000;"
    "PRAGMA mmap_size=134217728"
)
SQLITE_WAIT_SECONDS = 30
LOCAL_HOSTS = {"", "localhost", "127.0.0.1", "::1"}
POSTGRES = {"postgres", "postgresql", "postgis"}


def database_settings(env: Options) -> dict[str, Any]:
    """Return Django's DATABASES entry for SAFELANE_DATABASE_URL."""
    if not env.database_url:
        return _sqlite(env.data_dir / SQLITE_NAME)
    return parse_database_url(env.database_url)


def parse_database_url(url: str) -> dict[str, Any]:
    """Turn ``postgres://`` or ``sqlite:///path`` into a DATABASES entry.

    Raises SettingError, without the password, when the address cannot be used.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingError(f"SAFELANE_DATABASE_URL: {error}") from error
    if parts.scheme == "sqlite":
        return _sqlite(Path(_sqlite_path(url)))
    if parts.scheme in POSTGRES and parts.path.strip("/"):
        return _postgres(parts, port)
    raise SettingError(
        "SAFELANE_DATABASE_URL must be postgres://user:password@host:5432/name "
        f"or sqlite:///path, not {parts.scheme or 'nothing'}://…"
    )


def _sqlite_path(url: str) -> str:
    path = unquote(url.removeprefix("sqlite://"))
    windows = len(path) > 2 and path[0] == "/" and path[2] == ":"
    return path[1:] if windows else path


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "safelane.core.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": SQLITE_WAIT_SECONDS,
            "transaction_mode": "IMMEDIATE",
            "init_command": SQLITE_PRAGMAS,
        },
    }


def _postgres(parts: SplitResult, port: int | None) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 10,
            **_transport(parts.hostname or ""),
            **dict(parse_qsl(parts.query)),
        },
    }


def _transport(host: str) -> dict[str, str]:
    """Ask for TLS where the database is another machine's, unless the address says so.

    No host is a socket of this machine.
    """
    return {} if host in LOCAL_HOSTS else {"sslmode": "require"}


def email_settings(env: Options) -> dict[str, Any]:
    """Return Django's EMAIL_ settings; without SAFELANE_EMAIL_URL nothing is sent."""
    if not env.email_url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts = urlsplit(env.email_url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise SettingError(
            "SAFELANE_EMAIL_URL must be smtp://user:password@host:587 or smtps://…"
        )
    secure = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if secure else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": not secure,
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": env.email_from,
    }


def oidc_apps(env: Options) -> list[dict[str, Any]]:
    """Return django-allauth's OpenID Connect app, or nothing when it is off."""
    if not env.oidc_issuer:
        return []
    if not (env.oidc_client_id and env.oidc_client_secret):
        raise SettingError(
            "SAFELANE_OIDC_ISSUER is set; SAFELANE_OIDC_CLIENT_ID and "
            "SAFELANE_OIDC_CLIENT_SECRET must be set too."
        )
    parts = urlsplit(env.oidc_issuer)
    if parts.scheme != "https" and parts.hostname not in LOCAL_HOSTS:
        raise SettingError(
            "SAFELANE_OIDC_ISSUER must begin with https://: what the provider says "
            "opens accounts."
        )
    described_at = f"{env.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
    return [
        {
            "provider_id": "oidc",
            "name": env.oidc_name,
            "client_id": env.oidc_client_id,
            "secret": env.oidc_client_secret,
            "settings": {"server_url": described_at, "oauth_pkce_enabled": True},
        }
    ]


def secret_path(env: Options) -> Path:
    """Return the file that holds the signing secret."""
    return env.data_dir / SECRET_NAME


def read_secret(env: Options) -> str:
    """Return the signing secret.

    Before ``safelane init`` there is none: the process then gets a random one that
    lives only in memory, so that nothing is written by merely loading settings.

    Raises:
        SettingError: The file is empty, cut short or holds something else.
    """
    if env.secret_key:
        return env.secret_key
    path = secret_path(env)
    try:
        found = path.read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return secrets.token_urlsafe(64)
    except OSError as error:
        message = f"The secret in {path} cannot be read: {error.strerror}."
        raise SettingError(message) from error
    except UnicodeDecodeError as error:
        raise SettingError(UNUSABLE.format(path=path, what="no text")) from error
    if len(found) < SHORTEST_SECRET or not found.isprintable():
        what = f"{len(found)} characters" if found else "nothing"
        raise SettingError(UNUSABLE.format(path=path, what=what))
    return found


def create_secret(env: Options, secret: str) -> None:
    """Write the secret into the data folder, readable by its owner only.

    Raises:
        FileExistsError: There is one; it is never replaced here.
    """
    handle = os.open(secret_path(env), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())
