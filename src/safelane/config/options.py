"""The settings that an installation may change; one field each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from safelane.config.setting import setting


@dataclass(frozen=True, slots=True)
class Options:
    """Declare every setting of an installation, with default, limits and help."""

    data_dir: Path = setting(
        Path("."), "Folder that holds everything this installation owns."
    )
    host: str = setting("127.0.0.1", "Address that `safelane serve` listens on.")
    port: int = setting(
        8000, "Port that `safelane serve` listens on.", low=1, high=65535
    )
    web_server: str = setting(
        "waitress",
        "Web server of `safelane serve`; granian only behind a proxy.",
        choices=("waitress", "granian"),
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
    old_secrets: tuple[str, ...] = setting(
        (),
        "Earlier signing secrets, by commas, while old texts still need them.",
        secret=True,
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
    max_form_mb: int = setting(
        10, "Largest form without its files, in megabytes.", low=1, high=1000
    )
    threads: int = setting(
        8, "Requests that `safelane serve` answers at once.", low=1, high=256
    )
    session_hours: int = setting(
        12, "Hours after signing in when a person signs in again.", low=1, high=720
    )
    invitation_days: int = setting(
        7, "Days for which an invitation link works.", low=1, high=90
    )
    read_seconds: int = setting(
        20, "Seconds that one question to the database may take.", low=1, high=600
    )
    export_days: int = setting(
        7, "Days after which a stored export is removed.", low=1, high=365
    )
    lockout_attempts: int = setting(
        5, "Wrong passwords before an account or address waits.", low=3, high=100
    )
    lockout_minutes: int = setting(
        15, "Minutes that a locked account or address waits.", low=1, high=1440
    )
    require_mfa: bool = setting(
        False, "Ask everybody, however they sign in, for a second factor."
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
    basemap_file: str = setting(
        "basemap.pmtiles",
        "PMTiles file that all maps show when it is there; from the data folder.",
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
    heads_file: str = setting(
        "",
        "File, best on another machine, to which signed heads of the history are"
        " appended.",
    )
    heads_email: str = setting(
        "", "Address to which signed heads of the history are sent."
    )
    heads_hours: int = setting(
        24, "Hours between two signed heads of the history.", low=1, high=720
    )
    parts: tuple[str, ...] = setting(
        (), "Packages of further parts, each with its ``domain.py``."
    )
    test_apps: tuple[str, ...] = setting(
        (), "Extra Django apps that tests install, separated by commas."
    )
