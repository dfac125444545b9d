"""Make a workspace with many areas; on SQLite, also a GeoPackage of them for the peer.

python benchmarks/fill_register.py COUNT NOTE.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django


def main() -> None:
    """Fill the database that the environment names."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from hazard_rows import fill, shapes, workspace

    count, note = int(sys.argv[1]), Path(sys.argv[2])
    call_command("migrate", verbosity=0)
    token, authority = workspace()
    fill(authority, count)
    found = {"token": token}
    if connection.vendor == "sqlite":
        found["file"] = str(_geopackage(shapes(count), note.with_name("hazards.gpkg")))
    note.write_text(json.dumps(found))


def _geopackage(areas: object, path: Path) -> Path:
    import numpy as np
    import pyogrio
    import shapely

    size = len(areas)  # type: ignore[arg-type]
    kinds = np.tile(np.array(["sha", "sha", "sha", "cha"], dtype=object), size // 4 + 1)
    columns = {
        "reference": np.array([f"LA-{n}" for n in range(size)], dtype=object),
        "kind": kinds[:size],
        "status": np.full(size, "open", dtype=object),
        "area_m2": np.full(size, 44_000.0),
        "last_information": np.full(size, "2026-01-01", dtype=object),
    }
    pyogrio.raw.write(
        path, shapely.to_wkb(areas), list(columns.values()), list(columns),
        layer="hazards", driver="GPKG", geometry_type="Polygon", crs="EPSG:4326",
    )  # fmt: skip
    return path


if __name__ == "__main__":
    main()
