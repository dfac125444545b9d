"""The web servers that `safelane serve` runs: waitress, or granian where many ask."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from safelane.config.setting import SettingError
from safelane.core.errors import StorageUnavailable

if TYPE_CHECKING:
    from safelane.config.env import Env

TARGET = "safelane.config.wsgi:application"
GRANIAN_MISSING = (
    "SAFELANE_WEB_SERVER=granian needs the package granian: install "
    "safelane[production], or leave the setting out."
)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that holds its port, or knows that it is free.

    Args:
        run: Answers until interrupted.
        close: Gives everything back.
    """

    address: str
    run: Callable[[], None]
    close: Callable[[], None]


def server_for(env: Env, host: str | None, port: int | None) -> Server:
    """Return the server that the settings ask for.

    Raises:
        SettingError: The server is not installed.
        StorageUnavailable: The port is taken.
    """
    where = host or env.host, port or env.port
    try:
        return _SERVERS[env.web_server](env, *where)
    except OSError as error:
        raise StorageUnavailable(
            f"Port {where[1]} cannot be used ({error.strerror}). "
            "Another program may have it: choose one with SAFELANE_PORT."
        ) from error


def _waitress(env: Env, host: str, port: int) -> Server:
    from waitress import create_server

    from safelane.config.wsgi import application

    server: Any = create_server(
        application,
        host=host,
        port=port,
        threads=env.threads,
        ident=None,
        max_request_body_size=env.max_request_bytes,
        clear_untrusted_proxy_headers=not env.trust_proxy,
        channel_timeout=60,
    )
    address = f"{server.effective_host}:{server.effective_port}"
    return Server(address, server.run, server.close)


def _granian(env: Env, host: str, port: int) -> Server:
    """Answer in one process of its own; this one keeps the jobs.

    It reads requests as they come, so a proxy must stand in front that collects slow
    ones (docs/deploy/server.md).
    """
    try:
        from granian import Granian
        from granian.constants import Interfaces
    except ImportError as error:
        raise SettingError(GRANIAN_MISSING) from error
    _probe(host, port)
    server = Granian(
        TARGET,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=env.threads,
        websockets=False,
        log_enabled=False,
        respawn_failed_workers=True,
    )
    return Server(f"{host}:{port}", lambda: _serve(server), lambda: None)


def _serve(server: Any) -> None:
    import multiprocessing

    # A forked copy would share this process's database connections and locks.
    multiprocessing.set_start_method("spawn", force=True)
    server.serve()


def _probe(host: str, port: int) -> None:
    """Raise OSError unless the port is free."""
    family, *_rest, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family) as probe:
        if hasattr(socket, "SO_REUSEADDR") and not hasattr(
            socket, "SO_EXCLUSIVEADDRUSE"
        ):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


_SERVERS: dict[str, Callable[[Any, str, int], Server]] = {
    "waitress": _waitress,
    "granian": _granian,
}
