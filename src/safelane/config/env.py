"""Settings of one installation: environment first, then ``safelane.toml``.

Nothing is written when this module is loaded: the data folder and the secret are
made by ``safelane init``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from safelane.config.setting import Setting, SettingError, setting

if TYPE_CHECKING:
    env: Env

PREFIX = "SAFELANE_"
CONFIG_NAME = "safelane.toml"
OUTSIDE = frozenset(
    {"CONFIG", "REFERENCE_DATA", "TEST_DATABASE_URL", "TEST_KEEP", "BROWSER"}
)


@dataclass(frozen=True, slots=True)
class Env:
    """Hold every setting of this installation, checked and typed."""

    data_dir: Path = setting(
        Path("."), "Folder that holds everything this installation owns."
    )
    host: str = setting("127.0.0.1", "Address that `safelane serve` listens on.")
    port: int = setting(
        8000, "Port that `safelane serve` listens on.", low=1, high=65535
    )
    public_url: str = setting(
        "",
        "Address people type, such as https://safelane.example.org; used in links.",
    )
    allowed_hosts: tuple[str, ...] = setting(
        ("127.0.0.1", "localhost", "[::1]"),
        "Host names that the site answers to, separated by commas.",
    )
    trust_proxy: bool = setting(
        False, "Believe X-Forwarded-For and X-Forwarded-Proto of the proxy in front."
    )
    https: bool = setting(
        False, "Send cookies over HTTPS only and tell browsers to stay on HTTPS."
    )
    debug: bool = setting(False, "Show tracebacks. Never on a server others reach.")
    secret_key: str = setting(
        "", "Signing secret; else the `secret` file in the data folder.", secret=True
    )
    database_url: str = setting(
        "",
        "postgres://user:password@host:5432/name or sqlite:///path; "
        "else safelane.sqlite3 in the data folder.",
        secret=True,
    )
    language: str = setting("en", "Language shown before a person chooses one.")
    time_zone: str = setting("UTC", "Time zone of dates on pages, such as Asia/Baku.")
    max_upload_mb: int = setting(
        512, "Largest file that may be uploaded, in megabytes.", low=1, high=100_000
    )
    log_level: str = setting(
        "INFO",
        "Least serious message that is logged.",
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
    )
    log_format: str = setting(
        "text", "Form of the log on standard error.", choices=("text", "json")
    )
    threads: int = setting(
        8, "Requests that `safelane serve` answers at once.", low=1, high=256
    )
    session_hours: int = setting(
        12, "Hours after which an idle person signs in again.", low=1, high=720
    )
    invitation_days: int = setting(
        7, "Days for which an invitation link works.", low=1, high=90
    )
    lockout_attempts: int = setting(
        5, "Wrong passwords before an account or address waits.", low=3, high=100
    )
    lockout_minutes: int = setting(
        15, "Minutes that a locked account or address waits.", low=1, high=1440
    )
    require_mfa: bool = setting(
        False, "Ask everyone who signs in by password for a second factor."
    )
    oidc_issuer: str = setting(
        "", "Address of the OpenID Connect provider; empty turns it off."
    )
    oidc_client_id: str = setting("", "Client id given by the OpenID provider.")
    oidc_client_secret: str = setting(
        "", "Client secret given by the OpenID provider.", secret=True
    )
    oidc_name: str = setting(
        "Single sign-on", "Name of the provider on the sign-in page."
    )
    tile_url: str = setting(
        "", "Raster basemap, such as https://tiles.example.org/{z}/{x}/{y}.png."
    )
    tile_attribution: str = setting("", "Credit line of the basemap.")
    email_url: str = setting(
        "",
        "smtp://user:password@host:587 (STARTTLS) or smtps://...; empty sends no mail.",
        secret=True,
    )
    email_from: str = setting(
        "safelane@localhost", "Sender of mail that the site sends."
    )
    test_apps: tuple[str, ...] = setting(
        (), "Extra Django apps that tests install, separated by commas."
    )


def variable_name(key: str) -> str:
    """Return the environment variable of a setting: ``port`` -> ``SAFELANE_PORT``."""
    return PREFIX + key.upper()


def settings_table() -> list[Setting]:
    """List every setting in the order of the documentation."""
    return [Setting.of(field, variable_name(field.name)) for field in fields(Env)]


def default_data_dir() -> Path:
    """Return the folder of this person on this system, whether or not it exists."""
    return Path(platformdirs.user_data_dir("safelane", appauthor=False))


def config_path(variables: Mapping[str, str]) -> Path | None:
    """Find the TOML file: SAFELANE_CONFIG, or ``safelane.toml`` in the data folder."""
    named = variables.get(PREFIX + "CONFIG")
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise SettingError(f"SAFELANE_CONFIG names {path}, which is not a file.")
        return path
    folder = variables.get(variable_name("data_dir"))
    path = (Path(folder).expanduser() if folder else default_data_dir()) / CONFIG_NAME
    return path if path.is_file() else None


def read_toml(path: Path) -> dict[str, Any]:
    """Read settings from TOML: ``[oidc] issuer = ...`` is ``oidc_issuer``."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(f"{path} cannot be read: {error}") from error
    found: dict[str, Any] = {}
    for key, value in document.items():
        parts = value if isinstance(value, dict) else {None: value}
        for part, inner in parts.items():
            found[(f"{key}_{part}" if part else key).lower()] = inner
    _refuse_unknown(found, path)
    return found


def _refuse_unknown(found: Mapping[str, Any], path: Path) -> None:
    unknown = sorted(set(found) - {field.name for field in fields(Env)})
    if unknown:
        raise SettingError(
            f"{path} sets {', '.join(unknown)}, which Safelane does not know. "
            "The settings are listed in docs/deploy/settings.md."
        )


def unknown_variables(variables: Mapping[str, str]) -> list[str]:
    """List SAFELANE_ variables that name no setting, for ``safelane doctor``."""
    known = {variable_name(field.name) for field in fields(Env)}
    known |= {PREFIX + name for name in OUTSIDE}
    return sorted(v for v in variables if v.startswith(PREFIX) and v not in known)


def load_env(variables: Mapping[str, str] | None = None) -> Env:
    """Read all settings; ``variables`` replaces the process environment.

    Raises SettingError with the name, the value and what is expected.
    """
    given = os.environ if variables is None else variables
    path = config_path(given)
    file = read_toml(path) if path else {}
    values: dict[str, Any] = {"data_dir": default_data_dir()}
    for field in fields(Env):
        known = Setting.of(field, variable_name(field.name))
        if known.variable in given:
            values[field.name] = known.parse(given[known.variable], known.variable)
        elif field.name in file:
            values[field.name] = known.parse(file[field.name], f"{path}: {field.name}")
    values["data_dir"] = Path(values["data_dir"]).expanduser().resolve()
    return Env(**values)


@lru_cache(maxsize=1)
def current_env() -> Env:
    """Return this process's settings, read once."""
    return load_env()


def data_dir() -> Path:
    """Return the data folder of this process, whether or not it exists."""
    return current_env().data_dir


def __getattr__(name: str) -> Env:
    if name == "env":
        return current_env()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
