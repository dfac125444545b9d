"""Settings of one installation: environment first, then ``safelane.toml``.

Nothing is written when this module is loaded: the data folder and the secret are made
by ``safelane init``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

import platformdirs

from safelane.config import server
from safelane.config.logging import logging_settings
from safelane.config.options import Options
from safelane.config.setting import Setting, SettingError

if TYPE_CHECKING:
    env: Env

PREFIX = "SAFELANE_"
CONFIG_NAME = "safelane.toml"
DEMO_MARK = "demo.json"
UPLOADS = "uploads"
OUTSIDE = ("CONFIG", "REFERENCE_DATA", "TEST_DATABASE_URL")


@dataclass(frozen=True, slots=True)
class Env(Options):
    """Hold every setting, checked and typed, and what Django derives from them."""

    secret_is_given: bool = False  # by a setting, not by the file of `safelane init`

    @property
    def database(self) -> dict[str, Any]:
        """Return Django's entry for the one database."""
        return server.database_settings(self)

    @property
    def csrf_trusted_origins(self) -> tuple[str, ...]:
        """Return the origins whose forms are accepted besides the site's own."""
        return (self.public_url.rstrip("/"),) if self.public_url else ()

    @property
    def logging(self) -> dict[str, Any]:
        """Return the configuration for ``safelane.config.logging.configure``."""
        return logging_settings(self.log_level, self.log_format)

    @property
    def email(self) -> dict[str, Any]:
        """Return Django's EMAIL settings by name."""
        return server.email_settings(self)

    @property
    def oidc_apps(self) -> list[dict[str, Any]]:
        """Return the OpenID Connect provider, or nothing when it is off."""
        return server.oidc_apps(self)

    @property
    def upload_dir(self) -> Path:
        """Return the folder for files on their way in: the system's before init."""
        folder = self.data_dir / UPLOADS
        return folder if folder.is_dir() else Path(gettempdir())

    @property
    def max_request_bytes(self) -> int:
        """Return how long a request may be: one file and its form."""
        return (self.max_upload_mb + self.max_form_mb) * 1_000_000

    @property
    def is_demo(self) -> bool:
        """Say whether the demo workspace was built in this data folder."""
        return (self.data_dir / DEMO_MARK).exists()


def variable_name(key: str) -> str:
    """Return the environment variable of a setting: ``port`` -> ``SAFELANE_PORT``."""
    return PREFIX + key.upper()


def settings_table() -> list[Setting]:
    """List every setting in the order of the documentation."""
    return [Setting.of(field, variable_name(field.name)) for field in fields(Options)]


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
    path = named_data_dir(variables) / CONFIG_NAME
    return path if path.is_file() else None


def named_data_dir(variables: Mapping[str, str]) -> Path:
    """Return the data folder as far as it is known before any file is read."""
    folder = variables.get(variable_name("data_dir"))
    return Path(folder).expanduser() if folder else default_data_dir()


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
    unknown = sorted(set(found) - {field.name for field in fields(Options)})
    if unknown:
        raise SettingError(
            f"{path} sets {', '.join(unknown)}, which Safelane does not know. "
            "The settings are listed in docs/reference/settings.md."
        )


def unknown_variables(variables: Mapping[str, str]) -> list[str]:
    """List SAFELANE_ variables that name no setting, for ``safelane doctor``."""
    known = {variable_name(field.name) for field in fields(Options)}
    known |= {PREFIX + name for name in OUTSIDE}
    return sorted(v for v in variables if v.startswith(PREFIX) and v not in known)


def load_env(variables: Mapping[str, str] | None = None) -> Env:
    """Read all settings; ``variables`` replaces the process environment.

    Raises SettingError with the name, the value and what is expected.
    """
    named = os.environ if variables is None else variables
    path = config_path(named)
    file = read_toml(path) if path else {}
    values: dict[str, Any] = {"data_dir": default_data_dir()}
    for field in fields(Options):
        known = Setting.of(field, variable_name(field.name))
        if known.variable in named:
            values[field.name] = known.parse(named[known.variable], known.variable)
        elif field.name in file:
            values[field.name] = known.parse(file[field.name], f"{path}: {field.name}")
    values["data_dir"] = Path(values["data_dir"]).expanduser().resolve()
    given = Env(**values)
    if given.secret_key:
        return replace(given, secret_is_given=True)
    return replace(given, secret_key=server.read_secret(given))


@lru_cache(maxsize=1)
def current_env() -> Env:
    """Return this process's settings, read once."""
    return load_env()
