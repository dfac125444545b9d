"""A served demo workspace and somebody signed in to it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SAFELANE = str(Path(sys.executable).parent / "safelane")
BUILD_SECONDS, START_SECONDS, STOP_SECONDS = 240, 60, 20


@dataclass(frozen=True)
class Site:
    """Where the site answers, and one sign-in link per role."""

    url: str
    links: dict[str, str]


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def served_demo(folder: Path) -> Iterator[Site]:
    """Build the small demo workspace in ``folder`` and serve it."""
    port = free_port()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SAFELANE_")}
    env = kept | {"SAFELANE_DATA_DIR": str(folder), "SAFELANE_PORT": str(port)}
    url = f"http://127.0.0.1:{port}"
    links = build(env)
    with (folder / "serve.log").open("wb") as log:
        command = [SAFELANE, "serve"]
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            wait_until_up(process, url, folder / "serve.log")
            yield Site(url, links)
        finally:
            process.terminate()
            process.wait(timeout=STOP_SECONDS)


def build(env: dict[str, str]) -> dict[str, str]:
    """Build the workspace; return role -> the first sign-in link of that role."""
    done = subprocess.run(
        [SAFELANE, "demo", "--size", "small", "--json"],
        env=env,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    people = json.loads(done.stdout)["people"]
    return {person["role"]: person["link"] for person in reversed(people)}


def wait_until_up(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))
