"""(e) Seconds from a fresh clone to the first page, and containers needed.

    python benchmarks/bench_start.py            with pip's cache as it is
    python benchmarks/bench_start.py --cold     without pip's cache

Clones the last commit of this checkout, runs ``make demo`` there with an empty data
folder, and waits until the sign-in page answers. The peers' numbers are what their own
documentation and compose files say; nobody's compose file is run here.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_WAIT = 1800
# Services in the compose file that each project's documentation tells to start.
PEERS = (
    ("Datasette", "pip install datasette; datasette data.db", 0),
    ("NetBox", "wheel, PostgreSQL, Redis", 4),
    ("WebODM", "./webodm.sh start", 5),
    ("Tasking Manager", "OSM OAuth app, env file, docker compose", 6),
    ("Mergin", "docker compose, chown, flask init-db", 7),
    ("GeoNode", "docker compose", 8),
    ("QFieldCloud", ".env, docker compose, migrate, createsuperuser", 9),
    ("ODK Central", ".env, domain, mail, docker compose", 10),
    ("DroneTM", "dotenv, Google OAuth key, just start all", 10),
    ("KoboToolbox", "python3 run.py, docker compose", 12),
    ("Field-TM", "just config generate-dotenv, just start dev", 17),
)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as it:
            return bool(it.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def start(folder: Path, port: int, cold: bool) -> subprocess.Popen[bytes]:
    """Run ``make demo`` in a new clone, in a process group of its own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("SAFELANE_")}
    env |= {"SAFELANE_PORT": str(port), "SAFELANE_DATA_DIR": str(folder / "data")}
    if cold:
        env["PIP_NO_CACHE_DIR"] = "1"
    return subprocess.Popen(
        ["make", "demo"], cwd=folder / "clone", env=env, start_new_session=True
    )


def measure(cold: bool) -> dict[str, float]:
    """Return seconds by stage: clone, install, first page."""
    with tempfile.TemporaryDirectory(prefix="safelane-start-") as name:
        folder = Path(name)
        begun = time.monotonic()
        clone = ["git", "clone", "--quiet", str(ROOT), str(folder / "clone")]
        subprocess.run(clone, check=True)
        cloned = time.monotonic()
        port = free_port()
        process = start(folder, port, cold)
        try:
            installed, ready = wait(process, folder, port)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=60)
    return {
        "clone": cloned - begun,
        "install": installed - cloned,
        "workspace and first page": ready - installed,
        "all": ready - begun,
    }


def wait(
    process: subprocess.Popen[bytes], folder: Path, port: int
) -> tuple[float, ...]:
    """Return when the packages were installed and when the first page came."""
    stamp = folder / "clone" / ".venv" / ".installed"
    installed = 0.0
    deadline = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"make demo ended with exit code {process.returncode}")
        if not installed and stamp.exists():
            installed = time.monotonic()
        if installed and answers(port):
            return installed, time.monotonic()
        time.sleep(0.2)
    raise SystemExit(f"no page after {LONGEST_WAIT} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cold", action="store_true", help="without pip's cache")
    seconds = measure(parser.parse_args().cold)
    print("\n| stage | seconds |\n| --- | ---: |")
    for stage, value in seconds.items():
        print(f"| {stage} | {value:.1f} |")
    print(
        "\n| system | way in (documented) | services to start |\n| --- | --- | ---: |"
    )
    print("| **Safelane** | make demo | **0** |")
    for name, way, services in PEERS:
        print(f"| {name} | {way} | {services} |")


if __name__ == "__main__":
    main()
