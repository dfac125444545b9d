"""(a) and (b): item and bounding box reads beside pygeoapi and tipg.

    python benchmarks/bench_ogc.py postgres --database postgres://user:pw@host/name
    python benchmarks/bench_ogc.py sqlite

The database must be empty, or filled by this script before. Every server is one
process: "safelane" is `safelane serve` with SAFELANE_WEB_SERVER=granian, as behind a
proxy, "waitress" the same as it starts without settings. Load comes from one process of
four threads over kept-alive connections. Servers take turns, round after round, so that
whatever else the machine does meets all.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

import load
import peers
from hazard_rows import BOX

PORTS = {"safelane": 8911, "pygeoapi": 8912, "tipg": 8913, "waitress": 8914}
OURS = ("safelane", "waitress")
ITEMS = "/ogc/collections/hazardous-areas/items"
SAMPLE = 400
HERE = Path(__file__).resolve().parent
Urls = Callable[[str, str], str]


def serve_safelane(env: dict[str, str], server: str) -> subprocess.Popen[bytes]:
    """Start ``safelane serve`` with one of its servers and four threads."""
    port = PORTS[server]
    own = {"SAFELANE_PORT": str(port), "SAFELANE_THREADS": "4"}
    own["SAFELANE_WEB_SERVER"] = {"safelane": "granian"}.get(server, server)
    command = [str(Path(sys.executable).with_name("safelane")), "serve", "--no-worker"]
    process = subprocess.Popen(
        command, env=env | own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peers.wait_for(port, "/ogc/conformance", process)
    return process


def prepare(env: dict[str, str], count: int, folder: Path) -> dict[str, object]:
    """Fill the table, or find it filled; return token and file for the peer."""
    note = folder / "workspace.json"
    if not note.exists():
        code = [sys.executable, str(HERE / "fill_register.py"), str(count), str(note)]
        subprocess.run(code, env=env, check=True)
    return dict(json.loads(note.read_text()))


def boxes(side: float, seed: int = 3) -> list[str]:
    rng = random.Random(seed)
    found = []
    for _ in range(SAMPLE):
        x, y = rng.uniform(BOX[0], BOX[2] - side), rng.uniform(BOX[1], BOX[3] - side)
        found.append(f"{x:.5f},{y:.5f},{x + side:.5f},{y + side:.5f}")
    return found


def uid_of(number: int) -> uuid.UUID:
    """Return the id that the filling script gives the n-th area."""
    return uuid.UUID(int=number + (4 << 76) + (8 << 62))


def workloads(count: int, side: float) -> dict[str, dict[str, list[str]]]:
    """Return workload -> server -> paths; the same questions for all."""
    numbers = random.Random(5).sample(range(1, count), SAMPLE)
    properties = ",".join(peers.COLUMNS)
    tipg = f"/collections/public.{peers.TABLE}/items"
    geoapi = "/collections/hazards/items"
    tail = {
        "safelane": "",
        "waitress": "",
        "pygeoapi": "&f=json",
        "tipg": f"&properties={properties}",
    }
    base = {"safelane": ITEMS, "waitress": ITEMS, "pygeoapi": geoapi, "tipg": tipg}
    ours = [f"{ITEMS}/{uid_of(n)}" for n in numbers]
    found: dict[str, dict[str, list[str]]] = {"one item": {
        "safelane": ours,
        "waitress": ours,
        "pygeoapi": [f"{geoapi}/{n + 1}?f=json" for n in numbers],
        "tipg": [f"{tipg}/{n + 1}?properties={properties}" for n in numbers],
    }}  # fmt: skip
    for name, width, limit in (
        (f"box {side}°, 10 items", side, 10),
        (f"box {side}°, 100 items", side, 100),
        (f"box {side * 10:g}°, 10 items", side * 10, 10),
    ):
        found[name] = {
            server: [f"{base[server]}?bbox={b}&limit={limit}{tail[server]}"
                     for b in boxes(width)]
            for server in base
        }  # fmt: skip
    return found


def measure(
    servers: list[str], token: str, work: dict[str, dict[str, list[str]]],
    seconds: float, rounds: int,
) -> None:  # fmt: skip
    """Run and print the table."""
    print("| workload | server | requests/s | p50 ms | p95 ms | kB | Safelane is |")
    print("| --- | --- | ---: | ---: | ---: | ---: | --- |", flush=True)
    for name, paths in work.items():
        results: dict[str, list[load.Result]] = {server: [] for server in servers}
        for _ in range(rounds):
            for server in servers:
                own = token if server in OURS else ""
                requests = [load.request(path, own) for path in paths[server]]
                load.run(PORTS[server], requests, seconds=1)
                results[server].append(
                    load.run(PORTS[server], requests, seconds=seconds)
                )
        _print(name, results)


def _print(name: str, results: dict[str, list[load.Result]]) -> None:
    def middle(server: str, what: str) -> float:
        return statistics.median(getattr(each, what) for each in results[server])

    for server in results:
        times = middle("safelane", "rate") / middle(server, "rate")
        faults = sum(each.faults for each in results[server])
        note = "" if server in OURS else f"{times:.1f} times as fast"
        if faults:
            note += f" ({faults} faults)"
        print(
            f"| {name} | {server} | {middle(server, 'rate'):.0f} | "
            f"{middle(server, 'p50'):.1f} | {middle(server, 'p95'):.1f} | "
            f"{middle(server, 'mean_bytes') / 1000:.1f} | {note} |",
            flush=True,
        )


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["postgres", "sqlite"])
    parser.add_argument("--database", default="")
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-threads", type=int, default=1, help="of SQLite's peer")
    parser.add_argument("--folder", type=Path, default=None)
    return parser.parse_args()


def environment(options: argparse.Namespace, folder: Path) -> dict[str, str]:
    """Return the settings under which Safelane is served."""
    (folder / "data").mkdir(exist_ok=True)
    env = {
        "DJANGO_SETTINGS_MODULE": "safelane.config.settings",
        **os.environ,
        "SAFELANE_DATA_DIR": str(folder / "data"),
        "SAFELANE_SECRET_KEY": "benchmark" * 6,
    }
    if options.kind == "postgres":
        env["SAFELANE_DATABASE_URL"] = options.database
    return env


def main() -> None:
    """Serve the same table by each server and measure them in turn."""
    options = read_options()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="safelane-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    count = options.count or {"postgres": 1_000_000, "sqlite": 200_000}[options.kind]
    env = environment(options, folder)
    note = prepare(env, count, folder)
    names, python = ["pygeoapi", "tipg"], sys.executable
    if options.kind == "sqlite":
        names, python = ["pygeoapi"], peers.python_with_extensions()
    binaries = {name: peers.installed(name, folder / "peers", python) for name in names}
    started: list[subprocess.Popen[bytes]] = []
    try:
        started += [serve_safelane(env, server) for server in OURS]
        provider = (
            peers.postgres_provider(options.database)
            if options.kind == "postgres"
            else peers.file_provider(Path(str(note["file"])))
        )
        # Its SQLite provider writes whenever it opens a file: its own threads would
        # lock each other out for five seconds at a time.
        threads = 4 if options.kind == "postgres" else options.peer_threads
        started.append(
            peers.pygeoapi(
                binaries["pygeoapi"], provider, PORTS["pygeoapi"], folder, threads
            )
        )
        if "tipg" in binaries:
            started.append(
                peers.tipg(binaries["tipg"], options.database, PORTS["tipg"])
            )
        servers = [*OURS, *binaries]
        for name, path in binaries.items():
            print(f"{name} {peers.version(path, name)}")
        side = 0.1 if options.kind == "postgres" else 0.2
        measure(servers, str(note["token"]), workloads(count, side), options.seconds,
                options.rounds)  # fmt: skip
    finally:
        for process in started:
            process.terminate()


if __name__ == "__main__":
    main()
