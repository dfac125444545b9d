"""(c): vector tiles beside tipg, on the table that ``bench_ogc.py postgres`` filled.

    python benchmarks/bench_tiles.py --database postgres://… --folder FOLDER

Tiles are asked for cold (each once, nothing kept) and again (Safelane keeps tiles in
memory until the register changes; tipg keeps none). tipg stops at 10,000 features of a
tile; Safelane counts all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
from pathlib import Path

import bench_ogc
import load
import numpy as np
import peers
from hazard_rows import BOX

from safelane.core.tiles.grid import EXTENT, Tile

ZOOMS = (8, 10, 12, 14)


def tiles(z: int, count: int, seed: int = 7) -> list[Tile]:
    """Return different tiles of one zoom level inside the box of the data."""
    rng = random.Random(seed)
    found: dict[tuple[int, int], Tile] = {}
    for _ in range(count * 20):
        lon, lat = rng.uniform(BOX[0], BOX[2]), rng.uniform(BOX[1], BOX[3])
        across, down = Tile(0, 0, 0).to_units(np.array([[lon, lat]]))[0] / EXTENT
        tile = Tile(z, int(across * (1 << z)), int(down * (1 << z)))
        found.setdefault((tile.x, tile.y), tile)
        if len(found) == count:
            break
    return list(found.values())


def run(
    server: str, token: str, wanted: list[Tile], seconds: float | None
) -> load.Result:
    """Ask for tiles: each once when ``seconds`` is None, else round and round."""
    paths = {
        "safelane": "/tiles/hazardous-areas/{z}/{x}/{y}.mvt",
        "tipg": f"/collections/public.{peers.TABLE}/tiles/WebMercatorQuad"
        "/{z}/{x}/{y}?properties=id,kind,status,reference",
    }
    own = token if server == "safelane" else ""
    requests = [
        load.request(paths[server].format(z=t.z, x=t.x, y=t.y), own) for t in wanted
    ]
    port = bench_ogc.PORTS[server]
    if seconds is None:
        return load.run_once(port, requests)
    return load.run(port, requests, seconds=seconds)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--count", type=int, default=60)
    options = parser.parse_args()
    note = json.loads((options.folder / "workspace.json").read_text())
    env = {
        "DJANGO_SETTINGS_MODULE": "safelane.config.settings",
        **os.environ,
        "SAFELANE_DATA_DIR": str(options.folder / "data"),
        "SAFELANE_SECRET_KEY": "benchmark" * 6,
        "SAFELANE_DATABASE_URL": options.database,
    }
    binaries = peers.installed("tipg", options.folder / "peers")
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(bench_ogc.serve_safelane(env, "safelane"))
        started.append(peers.tipg(binaries, options.database, bench_ogc.PORTS["tipg"]))
        print(f"tipg {peers.version(binaries, 'tipg')}")
        print("| zoom | server | asked | tiles/s | p50 ms | p95 ms | kB |")
        print("| ---: | --- | --- | ---: | ---: | ---: | ---: |")
        for z in ZOOMS:
            wanted = tiles(z, options.count)
            for asked, seconds in (("once", None), ("again", 3.0)):
                for server in ("safelane", "tipg"):
                    found = run(server, note["token"], wanted, seconds)
                    print(
                        f"| {z} | {server} | {asked} | {found.rate:.0f} | "
                        f"{found.p50:.1f} | {found.p95:.1f} | "
                        f"{found.mean_bytes / 1000:.1f} |"
                        + (f" {found.faults} faults |" if found.faults else ""),
                        flush=True,
                    )
    finally:
        for process in started:
            process.terminate()


if __name__ == "__main__":
    main()
