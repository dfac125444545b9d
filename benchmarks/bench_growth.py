"""(l) What grows with the register: pages, exports, audit, backup, at several sizes.

    python benchmarks/bench_growth.py --rows 10000,100000
    python benchmarks/bench_growth.py --rows 10000,100000,1000000 --postgres postgres://…

For each size an own workspace is made and a GeoPackage with that many polygons comes in
by ``safelane import``, as a user's would, so that history, reports and periods are all
there. Pages are asked for by an information manager through the whole of Django, in a
process of their own: once to warm up, then five times, of which the median counts.
Commands are run as a user runs them. Time of pages is CPU of the serving process and
wall (on PostGIS the database works beside it); of commands wall; memory the peak of the
process. The last column says by what power of the rows the time grew between the two
largest sizes: 0 is flat, 1 in proportion, and above 1.1 is too much for whatever reads
every row.

The limit: a page shows 50 rows however large the register is, and its first page at
100,000 on SQLite takes at most 100 ms of CPU.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench_import import emptied, make_files

ASKED = 5
PAST = "2021-06-30"
LIMIT_MS, LIMIT_ROWS, TOO_STEEP = 100, 100_000, 1.1
PAGES = {
    "home": "/",
    "register, first page": "/hazards/",
    "register, page 100": "",
    "search by reference": "/hazards/?q=LA-000777",
    "search by name": "/hazards/?q=777",
    "register of a past day": f"/hazards/?as_of={PAST}",
    "record": "",
    "reports list": "/hazards/reports/",
    "overlaps": "/hazards/overlaps/",
}
READ_ALL = ("export", "export of a past day", "audit verify", "backup", "restore")
SAFELANE = str(Path(sys.executable).with_name("safelane"))
Row = dict[str, float]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="10000,100000")
    parser.add_argument("--postgres", default="")
    parser.add_argument("--ask", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask:
        return ask(int(options.rows))
    sizes = [int(text) for text in options.rows.split(",")]
    found = {size: measure(size, options.postgres) for size in sizes}
    return report(found, "PostGIS" if options.postgres else "SQLite")


def measure(rows: int, url: str) -> dict[str, Row]:
    """Return what was measured on a new register of so many areas."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (file,) = make_files(folder / "plain", rows, ["gpkg"], "plain")
        env = environment(folder / "data", url and emptied(url))
        run(env, "init", "--json")
        code = "import hazard_rows, django; django.setup(); hazard_rows.workspace()"
        subprocess.run([sys.executable, "-c", code], env=env, check=True)
        why = ("--organisation", "NRA", "--reason", "legacy register of 2023")
        found = {"import": run(env, "import", str(file), *why)}
        asking = [sys.executable, __file__, "--ask", "--rows", str(rows)]
        done = subprocess.run(asking, env=env, check=True, stdout=subprocess.PIPE)
        found |= json.loads(done.stdout.splitlines()[-1])
        out = str(folder / "out.gpkg")
        found["export"] = run(env, "export", "hazards", "--out", out)
        past = ("--out", out, "--filter", f"as_of={PAST}")
        found["export of a past day"] = run(env, "export", "hazards", *past)
        found["audit verify"] = run(env, "audit", "verify")
        archive = str(folder / "backup.zip")
        found["backup"] = run(env, "backup", archive)
        fresh = environment(folder / "copy", url and emptied(f"{url}_copy"))
        found["restore"] = run(fresh, "restore", archive)
    print(json.dumps({str(rows): found}), file=sys.stderr, flush=True)
    return found


def environment(data: Path, url: str) -> dict[str, str]:
    here = str(Path(__file__).parent)
    path = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")]))
    own = {"SAFELANE_DATA_DIR": str(data), "PYTHONPATH": path}
    own["DJANGO_SETTINGS_MODULE"] = "safelane.config.settings"
    return os.environ | own | ({"SAFELANE_DATABASE_URL": url} if url else {})


def run(env: dict[str, str], *command: str) -> Row:
    """Run a command that must succeed; return wall seconds and peak MB."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [SAFELANE, *command],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"safelane {' '.join(command)}: {output}")
    seconds = time.perf_counter() - start
    return {"s": seconds, "mb": usage.ru_maxrss / 1024}


def ask(rows: int) -> int:
    """Ask for every page as an information manager; print what it took."""
    import django

    django.setup()
    import resource

    from django.conf import settings
    from django.test import Client

    from safelane.hazards.models import HazardousArea
    from safelane.organisations.models import User

    if (count := HazardousArea.objects.count()) != rows:
        raise SystemExit(f"{count} areas came in of {rows}")
    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(User.objects.get(username="bench"))
    uid = HazardousArea.objects.order_by("pk").values_list("uid", flat=True)[5]
    paths = PAGES | {
        "record": f"/hazards/{uid}/",
        "register, page 100": hundredth(client),
    }
    found = {name: timed(client, path) for name, path in paths.items() if path}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({name: row | {"mb": peak} for name, row in found.items()}))
    return 0


def hundredth(client: Any) -> str:
    """Return the address of the hundredth page, found by turning pages; "" if none."""
    import re

    path = "/hazards/"
    for _ in range(99):
        text = client.get(path).content.decode()
        onward = re.search(r'href="([^"]*)"[^>]*rel="next"', text) or re.search(
            r'rel="next"[^>]*href="([^"]*)"', text
        )
        if onward is None:
            return ""
        path = "/hazards/" + onward.group(1).replace("&amp;", "&").rpartition("/")[2]
    return path


def timed(client: Any, path: str) -> Row:
    walls, cpus = [], []
    for number in range(ASKED + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        status = client.get(path).status_code
        if status != 200:
            raise SystemExit(f"{path}: {status}")
        if number:
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
    return {"s": statistics.median(walls), "cpu": statistics.median(cpus)}


def report(found: dict[int, dict[str, Row]], database: str) -> int:
    """Print the table; 1 when a limit is not kept."""
    sizes = sorted(found)
    heads = " | ".join(f"{size:,}" for size in sizes)
    print(f"| {database} | {heads} | grows by the power |")
    print("| --- |" + " ---: |" * (len(sizes) + 1))
    kept = True
    for name in found[sizes[-1]]:
        cells = [shown(found[size].get(name)) for size in sizes]
        power = growth(found, sizes, name)
        steep = name in READ_ALL and power is not None and power > TOO_STEEP
        kept = kept and not steep
        told = "" if power is None else f"{power:.2f}{' too steep' if steep else ''}"
        print(f"| {name} | {' | '.join(cells)} | {told} |")
    first = found.get(LIMIT_ROWS, {}).get("register, first page")
    if database == "SQLite" and first and first["cpu"] * 1000 > LIMIT_MS:
        print(f"NOT KEPT: first page of the register, at most {LIMIT_MS} ms of CPU")
        kept = False
    return 0 if kept else 1


def growth(
    found: dict[int, dict[str, Row]], sizes: list[int], name: str
) -> float | None:
    rows = [size for size in sizes[-2:] if name in found[size]]
    if len(rows) < 2:
        return None
    before, after = (found[size][name]["s"] for size in rows)
    return math.log(after / before) / math.log(rows[1] / rows[0])


def shown(row: Row | None) -> str:
    if row is None:
        return "–"
    if "cpu" in row:
        return f"{row['cpu'] * 1000:.0f} ms CPU, {row['s'] * 1000:.0f} ms"
    return f"{row['s']:.1f} s, {row['mb']:.0f} MB"


if __name__ == "__main__":
    sys.exit(main())
