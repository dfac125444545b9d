"""(k) Whether the kit carries: source lines, names that stand twice, and walks.

    python benchmarks/kit_numbers.py            everything, in about a minute
    python benchmarks/kit_numbers.py --static   lines and names only

Lines are non-empty lines of Python without tests, test helpers and migrations. A name
stands twice when ``accidents`` and ``hazards`` both define it in public at the top of
a module. A walk counts the distinct functions of the package (test helpers aside) that
run on one path, in all threads of this process, as ``sys.setprofile`` sees them: each
way is gone once before it is counted, so that no cache is filled meanwhile. Functions
that run in a helper process, such as the reader of files, are not counted.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import math
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "safelane"
ASIDE = {"tests", "testing", "migrations"}
COUNTED = ("core", "exchange", "accidents", "hazards", "risk", "organisations")
PARTS = ("accidents", "hazards")
MOST_LINES = {"accidents": 1_700, "hazards": 6_000}
MOST_LINES_IN_ALL = 36_000
MOST_TWINS = 10
WALKS = {"file to tile": 200, "report to state": 170, "one API read": 45}


def modules(room: str) -> Iterator[Path]:
    for path in sorted((PACKAGE / room).rglob("*.py")):
        parts = {*path.relative_to(PACKAGE).parts[:-1], path.stem}
        if not parts & ASIDE:
            yield path


def lines(room: str) -> int:
    """Return the non-empty lines of a room."""
    texts = (path.read_text(encoding="utf-8") for path in modules(room))
    return sum(bool(line.strip()) for text in texts for line in text.splitlines())


def public_names(room: str) -> set[str]:
    """Return the functions, classes and constants at the top of a room's modules."""
    found: set[str] = set()
    for path in modules(room):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.Assign):
                found |= {t.id for t in node.targets if isinstance(t, ast.Name)}
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.add(node.target.id)
    return {name for name in found if not name.startswith("_")}


class Walk:
    """Collects the package's functions that run while it is entered."""

    def __init__(self) -> None:
        self.seen: set[Any] = set()

    def __enter__(self) -> Walk:
        threading.setprofile(self._note)
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_fault: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]

    def _note(self, frame: Any, event: str, _argument: Any) -> None:
        if event == "call":
            self.seen.add(frame.f_code)

    @property
    def count(self) -> int:
        return sum(self._is_own(code) for code in self.seen)

    @staticmethod
    def _is_own(code: Any) -> bool:
        path = Path(code.co_filename)
        if not path.is_relative_to(PACKAGE) or code.co_name == "<module>":
            return False
        return not ASIDE & {*path.relative_to(PACKAGE).parts[:-1], path.stem}


def counted(go: Callable[[int], object]) -> int:
    """Go a way once to warm it, then count the functions of the second time."""
    go(1)
    with Walk() as walk:
        go(2)
    if not walk.count:
        raise SystemExit(f"nothing under {PACKAGE} ran: another copy is imported")
    return walk.count


def walks() -> dict[str, int]:
    """Return the length of each walk, in an empty database of its own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "safelane.config.settings"
    os.environ.pop("SAFELANE_DATABASE_URL", None)
    import django

    from safelane.core.testing import environment  # noqa: F401 - safe settings

    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment()
    connection.settings_dict.setdefault("TEST", {})["NAME"] = ":memory:"
    connection.creation.create_test_db(verbosity=0)
    from safelane.organisations.testing import cast_of_this_test

    cast = cast_of_this_test()
    client = signed_in(cast, "noy")
    return {
        "file to tile": counted(lambda n: file_to_tile(cast, client, n)),
        "report to state": counted(lambda n: report_to_state(cast, n)),
        "one API read": counted(lambda n: api_read(client)),
    }


def signed_in(cast: Any, person: str) -> Any:
    from django.test import Client

    client = Client()
    client.force_login(cast.users[person])
    return client


def file_to_tile(cast: Any, client: Any, number: int) -> None:
    """Bring in a file of one area through the actions, and draw the tile over it."""
    from safelane.core.jobs.progress import Progress
    from safelane.exchange.actions import begin_import, choose_mapping
    from safelane.exchange.imports.runner import import_file
    from safelane.exchange.mapping.model import Mapping

    place = [103.1 + number / 100, 19.4]
    ring = [[place[0] + x, place[1] + y] for x, y in ((0, 0), (0, 1e-3), (1e-3, 0))]
    area = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        "properties": {
            "hazard_id": f"K-{number}",
            "type": "SHA",
            "status": "Open",
            "date": "2024-05-01",
        },
    }
    text = json.dumps({"type": "FeatureCollection", "features": [area]})
    by = cast.actor("noy")
    run = begin_import(
        io.BytesIO(text.encode()),
        "areas.geojson",
        target="hazards",
        organisation=cast.organisations["lao"],
        by=by,
    )
    mapping = Mapping.from_json(run.mapping)
    choose_mapping(run, mapping, mode="all", reason="Register of 2024", by=by)
    import_file(run, Progress(by))
    tile = tile_at(*place, zoom=10)
    answer = client.get(f"/tiles/hazardous-areas/{tile}.mvt")
    if answer.status_code != 200 or not answer.content:
        raise SystemExit(f"no tile at {tile}: {answer.status_code}")


def tile_at(lon: float, lat: float, *, zoom: int) -> str:
    """Return zoom, column and row of the tile that holds a place."""
    size, tangent = 2**zoom, math.tan(math.radians(lat))
    column = int((lon + 180) / 360 * size)
    row = int((1 - math.asinh(tangent) / math.pi) / 2 * size)
    return f"{zoom}/{column}/{row}"


def report_to_state(cast: Any, number: int) -> None:
    """Write a report, take it through the review, and read the area's state."""
    from datetime import date

    import shapely

    from safelane.hazards import testing as actions
    from safelane.hazards.inputs import ReportInput
    from safelane.hazards.queries import areas

    place = 103.3 + number / 100
    claims = ReportInput(
        date_of_information=date(2024, 5, 1),
        reference=f"R-{number}",
        facts={
            "kind": "sha",
            "status": "open",
            "geometry": shapely.box(place, 19.4, place + 0.001, 19.401),
        },
    )
    writer, checker, operations, manager = (
        cast.actor(name) for name in ("bounmy", "keo", "vanh", "noy")
    )
    home = cast.organisations["lao"]
    report = actions.create_report(claims, organisation=home, by=writer)
    report = actions.submit_report(report, by=writer)
    report = actions.check_report_operator(report, by=checker)
    report = actions.check_report_operations(report, by=operations)
    actions.approve_report(report, by=manager)
    if not areas(manager).filter(reference=f"R-{number}").exists():
        raise SystemExit("the approved report made no area")


def api_read(client: Any) -> None:
    """Read one area by the API."""
    from safelane.hazards.models import HazardousArea

    uid = HazardousArea.objects.values_list("uid", flat=True).order_by("pk")[0]
    answer = client.get(f"/api/v1/hazards/{uid}")
    if answer.status_code != 200:
        raise SystemExit(f"no answer: {answer.status_code}")


def row(name: str, most: int | None, today: int) -> str:
    said = "" if most is None else f"{most:,}"
    verdict = "" if most is None else ("holds" if today <= most else "not yet")
    return f"| {name:<44} | {said:>8} | {today:>8,} | {verdict:<7} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--static", action="store_true", help="lines and names only")
    chosen = parser.parse_args()
    print(f"| {'what':<44} | {'at most':>8} | {'today':>8} | {'':<7} |")
    print(f"|{'-' * 46}|{'-' * 10}|{'-' * 10}|{'-' * 9}|")
    for room in COUNTED:
        print(row(f"lines of {room}", MOST_LINES.get(room), lines(room)))
    for path in sorted((PACKAGE / "core").iterdir()):
        if path.is_dir() and (total := lines(f"core/{path.name}")):
            print(row(f"  core/{path.name}", None, total))
    print(row("lines in all", MOST_LINES_IN_ALL, sum(map(lines, COUNTED))))
    twins = sorted(public_names(PARTS[0]) & public_names(PARTS[1]))
    print(row("public names in accidents and in hazards", MOST_TWINS, len(twins)))
    for name, found in ({} if chosen.static else walks()).items():
        print(row(f"functions from {name}", WALKS[name], found))
    print(f"\nIn both: {', '.join(twins)}")


if __name__ == "__main__":
    main()
