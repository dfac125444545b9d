"""Import of 100,000 polygons beside a bare ``ogr2ogr`` copy of the same file.

Usage: python benchmarks/bench_import.py [--rows 100000] [--postgres postgres://...]
           [--layouts plain,register] [--mode all]

Two layouts: ``plain`` has polygons of eight corners and seven columns; ``register`` has
irregular ones of 24 corners, ten columns and Lao text in most of them. The mode is the
one that people get without choosing: all rows or none.

``ogr2ogr`` (Debian gdal-bin, settings as they come) copies every row and column of the
file once, with no check at all: for SQLite into a GeoPackage, which gets an R*Tree and
is brought onto the disk afterwards (ogr2ogr itself never waits for it; Safelane does
after every batch), for PostGIS into a table with a spatial index.

Safelane reads the same file, maps its columns, checks every geometry, asks every rule
of the country pack, compares each area with all others, and writes area, report, period
and hash-chained history, into an empty database each time. Both run in this run,
alternating; time is wall time, memory the peak of the process and of its reading
process.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safelane.core.scope import Actor
    from safelane.organisations.models import Organisation

LIMIT_TIMES, LIMIT_MB = 10, 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--formats", default="gpkg,geojson,shapefile")
    parser.add_argument("--layouts", default="plain,register")
    parser.add_argument("--mode", default="all", choices=["all", "skip"])
    parser.add_argument("--postgres", default="")
    parser.add_argument("--worker", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return work(Path(options.worker), options.mode)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        formats = options.formats.split(",")
        files = [
            (layout, path)
            for layout in options.layouts.split(",")
            for path in make_files(folder / layout, options.rows, formats, layout)
        ]
        urls = ["", options.postgres] if options.postgres else [""]
        results = [
            measure(folder, path, url, options.mode) | {"layout": layout}
            for url in urls
            for layout, path in files
        ]
    return report(results)


LAO = ("ພື້ນທີ່ນາ", "ປ່າໄມ້", "ສວນ", "ໂຮງຮຽນ", "ທາງເຂົ້າບ້ານ", "ແຄມນ້ຳ", "ພູ")


KINDS = {"gpkg": "GPKG", "geojson": "GeoJSON", "shapefile": "ESRI Shapefile"}


def make_files(folder: Path, rows: int, formats: list[str], layout: str) -> list[Path]:
    """Write the same polygons with a register's columns in every format."""
    import numpy as np
    import pyogrio
    import shapely

    rng = np.random.default_rng(1)
    shapes = make_shapes(rng, rows, layout)
    names, fields = make_columns(rng, shapes, layout)
    files = []
    folder.mkdir()
    for wanted in formats:
        suffix = {"shapefile": "shp"}.get(wanted, wanted)
        path = folder / f"areas.{suffix}"
        pyogrio.raw.write(
            path,
            shapely.to_wkb(shapes),
            fields,
            names,
            driver=KINDS[wanted],
            layer="areas",
            geometry_type="Polygon",
            crs="EPSG:4326",
            encoding="UTF-8",
        )
        files.append(path)
    return files


def make_shapes(rng: Any, rows: int, layout: str) -> Any:
    """Return polygons of 8 corners, or irregular ones of 24."""
    import numpy as np
    import shapely

    centre = rng.uniform([101, 17.5], [105, 20.5], (rows, 2))
    corners = 8 if layout == "plain" else 24
    turn = np.arange(corners) + rng.uniform(0.1, 0.9, (rows, corners))
    turn *= 2 * np.pi / corners
    low = 0.0005 if layout == "plain" else 0.0002
    reach = rng.uniform(low, 0.001, (rows, corners))
    ring = centre[:, None, :] + np.stack(
        [reach * np.cos(turn), reach * np.sin(turn)], -1
    )
    return shapely.polygons(np.concatenate([ring, ring[:, :1]], axis=1))


def make_columns(rng: Any, shapes: Any, layout: str) -> tuple[list[str], list[Any]]:
    """Return names and values of the columns, of a plain file or of a register."""
    import numpy as np

    from safelane.core.geo.measure import areas_m2

    rows = len(shapes)
    area = np.round(areas_m2(shapes) * rng.uniform(0.98, 1.02, rows))
    texts = {
        "hazard_id": [f"LA-{i:06d}" for i in range(rows)],
        "name": [f"ພື້ນທີ່ {i}" for i in range(rows)],
        "type": rng.choice(["Suspected hazardous area", "CHA"], rows, p=[0.9, 0.1]),
        "status": rng.choice(["Active", "In progress", "Completed"], rows),
        "remarks": ["Seen by villagers while ploughing"] * rows,
    }
    if layout == "register":
        texts["remarks"] = [" ".join(rng.choice(LAO, 12)) for _ in range(rows)]
        texts["village"] = [f"ບ້ານ {LAO[i % len(LAO)]} {i}" for i in range(rows)]
        texts["way_there"] = [str(word) for word in rng.choice(LAO, rows)]
        texts["surveyor_note"] = [f"ທີມ {i % 40}: {LAO[i % 7]}" for i in range(rows)]
    fields = [np.array(values, dtype=object) for values in texts.values()]
    days = np.datetime64("2015-01-01") + rng.integers(0, 3000, rows)
    fields += [area, days.astype("datetime64[D]")]
    return [*texts, "area_m2", "info_date"], fields


def run(
    command: list[str], env: dict[str, str] | None = None
) -> tuple[float, int, str]:
    """Return wall seconds, peak kB of the process tree's largest, and its output."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, text=True
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"{command[0]} failed with status {status}: {output}")
    return seconds, usage.ru_maxrss, output


def copy(folder: Path, path: Path, url: str) -> tuple[float, int]:
    """Copy the file with ogr2ogr and nothing else."""
    if url:
        user, password, host, port, name = re.fullmatch(
            r"postgres(?:ql)?://([^:]+):([^@]+)@([^:/]+):(\d+)/(.+)", url
        ).groups()  # type: ignore[union-attr]
        target = (
            f"PG:host={host} port={port} dbname={name} user={user} password={password}"
        )
        command = ["ogr2ogr", "-f", "PostgreSQL", target, str(path)]
        command += ["-nln", "bench_copy", "-overwrite", "-nlt", "PROMOTE_TO_MULTI"]
    else:
        out = folder / "copy.gpkg"
        out.unlink(missing_ok=True)
        command = ["ogr2ogr", "-f", "GPKG", str(out), str(path)]
    seconds, peak, _output = run(command)
    if not url:
        start = time.perf_counter()
        with out.open("rb") as copied:
            os.fsync(copied.fileno())
        seconds += time.perf_counter() - start
    return seconds, peak


def emptied(url: str) -> str:
    """Make an empty database beside the given one; return its address."""
    import psycopg

    fresh = f"{url}_import"
    name = fresh.rsplit("/", 1)[1]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
    with psycopg.connect(fresh, autocommit=True) as server:
        server.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    return fresh


def measure(folder: Path, path: Path, url: str, mode: str) -> dict:
    """Copy, import, copy again; the better copy counts."""
    url = url and emptied(url)
    first = copy(folder, path, url)
    data = Path(tempfile.mkdtemp(dir=folder))
    env = os.environ | {"SAFELANE_DATA_DIR": str(data)}
    if url:
        env["SAFELANE_DATABASE_URL"] = url
    _seconds, _peak, output = run(
        [sys.executable, __file__, "--worker", str(path), "--mode", mode], env
    )
    done = json.loads(output.strip().splitlines()[-1])
    second = copy(folder, path, url)
    best = min(first, second)
    return done | {
        "format": path.suffix[1:],
        "database": "PostGIS" if url else "SQLite",
        "copy": best[0],
        "copy_mb": best[1] / 1024,
    }


def work(path: Path, mode: str) -> int:
    """Make a workspace and import the file into it; print what it took."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "safelane.config.settings"
    import resource

    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from safelane.core.jobs.progress import Progress
    from safelane.core.scope import system_actor
    from safelane.exchange.actions import begin_import, choose_mapping
    from safelane.exchange.imports.runner import import_file
    from safelane.exchange.mapping.model import Mapping

    by = system_actor("benchmark")
    home = new_home(by)
    start = time.perf_counter()
    with zipped(path).open("rb") as file:
        run_ = begin_import(
            file, zipped(path).name, target="hazards", organisation=home, by=by
        )
    mapping = Mapping.from_json(run_.mapping)
    choose_mapping(run_, mapping, mode=mode, reason="benchmark", by=by)
    import_file(run_, Progress(by))
    seconds = time.perf_counter() - start
    answer = {
        "seconds": seconds,
        "cpu": time.process_time(),
        "own_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "reader_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "created": run_.counts["created"],
        "faulty": run_.counts.get("faulty", 0),
    }
    print(json.dumps(answer))
    return 0


def new_home(by: Actor) -> Organisation:
    """Register the organisation whose register comes in."""
    from safelane.organisations.actions import (
        create_country,
        create_organisation,
        sync_roles,
    )

    sync_roles(by=by)
    country = create_country("laos", by=by)
    name, short = f"Bench {time.time()}", f"B{time.time()}"[:20]
    return create_organisation(name, short, "authority", country=country, by=by)


def zipped(path: Path) -> Path:
    """Return the file, a Shapefile as the zip that people upload."""
    if path.suffix != ".shp":
        return path
    import zipfile

    target = path.with_suffix(".zip")
    if not target.exists():
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for part in path.parent.glob(f"{path.stem}.*"):
                if part.suffix in {".shp", ".shx", ".dbf", ".prj", ".cpg"}:
                    archive.write(part, part.name)
    return target


def report(results: list[dict]) -> int:
    """Print the table; 1 when a promise is not kept."""
    print(
        "| layout | file | database | rows | ogr2ogr s | Safelane s | times | peak MB |"
    )
    print("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |")
    kept = True
    for r in results:
        times = r["seconds"] / r["copy"]
        peak = r["own_mb"] + r["reader_mb"]
        kept = kept and times <= LIMIT_TIMES and peak < LIMIT_MB
        print(
            f"| {r['layout']} | {r['format']} | {r['database']} | {r['created']} "
            f"| {r['copy']:.2f} "
            f"| {r['seconds']:.1f} | {times:.1f} | {peak:.0f} |"
        )
    print("kept" if kept else "NOT KEPT: at most 10 times, under 1024 MB")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
