"""Start on one machine what docs/deploy/nation.md says, as it says it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from safelane.cli.tests.conftest import Workspace

RECIPE = Path(__file__).parents[2] / "docs" / "deploy" / "nation.md"
HOST = "safelane.example.org"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
PATIENCE = 120.0


def blocks(language: str) -> list[str]:
    """Return the code blocks of the recipe in a language."""
    return re.findall(rf"```{language}\n(.*?)```", RECIPE.read_text("utf-8"), re.DOTALL)


def block(language: str, holding: str) -> str:
    """Return the one block of the recipe that holds a text."""
    (found,) = [text for text in blocks(language) if holding in text]
    return found


def settings() -> dict[str, str]:
    lines = block("ini", "SAFELANE_DATA_DIR=").splitlines()
    pairs = (line.partition("=") for line in lines if not line.startswith("#"))
    return {name: value for name, _is, value in pairs}


def command(unit: str) -> list[str]:
    """Return the arguments with which a unit of the recipe starts Safelane."""
    (line,) = re.findall(r"^ExecStart=\S+/safelane (.*)$", block("ini", unit), re.M)
    return line.split()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass
class Nation:
    """Two web processes, two workers and a proxy on one database and folder."""

    workspace: Workspace
    folder: Path
    web: dict[int, Any] = field(default_factory=dict)
    workers: list[Any] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    @property
    def environment(self) -> dict[str, str]:
        """Return the recipe's settings; place and database are of the test."""
        mine = {"SAFELANE_DATA_DIR", "SAFELANE_DATABASE_URL", "SAFELANE_PUBLIC_URL"}
        kept = {name: value for name, value in settings().items() if name not in mine}
        return kept | {"SAFELANE_PUBLIC_URL": f"https://{HOST}:{self.port}"}

    def browser(self) -> requests.Session:
        """Return a browser that comes in by the proxy and trusts its certificate."""
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.folder / "cert.pem")
        return session

    def url(self, path: str) -> str:
        return f"https://{HOST}:{self.port}{path}"

    def ask(self, port: int, path: str, **options: Any) -> requests.Response:
        """Ask one web process past the proxy, as the proxy would."""
        headers = {
            "Host": HOST,
            "X-Forwarded-For": "203.0.113.7",
            "X-Forwarded-Proto": "https",
            **options.pop("headers", {}),
        }
        return requests.get(
            f"http://127.0.0.1:{port}{path}",
            headers=headers,
            timeout=30,
            allow_redirects=False,
            **options,
        )


@contextmanager
def brought_up(workspace: Workspace, folder: Path) -> Iterator[Nation]:
    """Start everything that the recipe names; end it afterwards."""
    nation = Nation(workspace, folder)
    with ExitStack() as stack:
        for _ in range(2):
            port = free_port()
            arguments = [str(port) if a == "%i" else a for a in command("serve")]
            nation.web[port] = _start(nation, stack, arguments)
        for _ in range(2):
            nation.workers.append(_start(nation, stack, command("safelane worker")))
        _start_proxy(nation, stack)
        for port in nation.web:
            wait_until(lambda port=port: _answers(nation, port), f"port {port}")
        yield nation


def _start(nation: Nation, stack: ExitStack, arguments: list[str]) -> Any:
    process = nation.workspace.start(
        *arguments, env=nation.environment, start_new_session=True
    )
    stack.callback(_end, process)
    return process


def _end(process: Any) -> None:
    """End a server: politely, then with all that it has started."""
    process.send_signal(signal.SIGTERM)
    try:
        process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        kill_group(process)
        process.communicate(timeout=30)


def kill_group(process: Any) -> None:
    """Kill a server with the processes that it started, as a machine's end would.

    The one that serves outlives its parent otherwise, and holds the port.
    """
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)


def _answers(nation: Nation, port: int) -> bool:
    assert nation.web[port].poll() is None, nation.web[port].stderr.read()
    try:
        return nation.ask(port, "/health").status_code == 200
    except requests.ConnectionError:
        return False


def _start_proxy(nation: Nation, stack: ExitStack) -> None:
    _make_certificate(nation.folder)
    text = block("nginx", "upstream safelane")
    for placed, port in zip(("8001", "8002"), nation.web, strict=True):
        text = text.replace(f"127.0.0.1:{placed}", f"127.0.0.1:{port}")
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{nation.port} ssl")
    text = re.sub(r"(ssl_certificate) \S+;", rf"\1 {nation.folder}/cert.pem;", text)
    text = re.sub(r"(ssl_certificate_key) \S+;", rf"\1 {nation.folder}/key.pem;", text)
    temporary = "".join(
        f"{name}_temp_path {nation.folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = nation.folder / "nginx.conf"
    config.write_text(
        f"pid {nation.folder}/nginx.pid;\nerror_log {nation.folder}/error.log;\n"
        "worker_processes 1;\nevents {}\n"
        f"http {{\naccess_log off;\n{temporary}{text}\n}}\n"
    )
    nation.folder.chmod(0o755)
    process = subprocess.Popen(
        [NGINX, "-c", str(config), "-e", f"{nation.folder}/error.log"]
        + ["-g", "daemon off; user root;" if os.geteuid() == 0 else "daemon off;"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    stack.callback(_end, process)
    wait_until(lambda: _takes_tls(nation, process), "the proxy")


def _takes_tls(nation: Nation, process: Any) -> bool:
    assert process.poll() is None, process.stderr.read()
    context = ssl.create_default_context(cafile=str(nation.folder / "cert.pem"))
    try:
        with (
            socket.create_connection(("127.0.0.1", nation.port), timeout=5) as sock,
            context.wrap_socket(sock, server_hostname=HOST),
        ):
            return True
    except OSError:
        return False


def _make_certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        + ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
        + ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True,
        capture_output=True,
    )


def wait_until(is_so: Any, what: str) -> None:
    """Wait for something that other processes bring about."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, f"{what}: waited for {PATIENCE:.0f} s"
        time.sleep(0.2)
