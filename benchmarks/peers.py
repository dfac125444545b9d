"""The peers, each in a virtual environment of its own, one process each."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

PACKAGES = {
    "pygeoapi": [
        "pygeoapi",
        "gunicorn",
        "psycopg2-binary",
        "geoalchemy2",
        "sqlalchemy",
    ],
    "tipg": ["tipg", "uvicorn[standard]"],
}
TABLE = "hazards_hazardousarea"
# The same stored columns that Safelane's collection gives out.
COLUMNS = (
    "reference", "name", "kind", "status", "priority", "contamination",
    "information_grade", "area_m2", "stated_area_m2", "depth_cm", "land_use",
    "first_information", "last_information", "updated_at",
)  # fmt: skip


LOADS = "import sqlite3; sqlite3.connect(':memory:').enable_load_extension(True)"


def python_with_extensions() -> str:
    """Return a Python whose SQLite may load SpatiaLite: Debian's own may."""
    for python in (sys.executable, "/usr/bin/python3"):
        found = subprocess.run([python, "-c", LOADS], stderr=subprocess.DEVNULL)
        if not found.returncode:
            return python
    sys.exit("no Python here may load SQLite extensions")


def installed(name: str, folder: Path, python: str = sys.executable) -> Path:
    """Return the ``bin`` folder of a peer's environment, made if it is missing."""
    home = folder / name
    if not (home / "bin" / "python").exists():
        subprocess.run([python, "-m", "venv", str(home)], check=True)
    pip = [str(home / "bin" / "pip"), "install", "-q", *PACKAGES[name]]
    subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)
    return home / "bin"


def version(binaries: Path, name: str) -> str:
    code = f"import importlib.metadata as m; print(m.version('{name}'))"
    found = subprocess.run(
        [str(binaries / "python"), "-c", code], capture_output=True, text=True
    )
    return found.stdout.strip()


def wait_for(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers 200."""
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server on {port} ended with {process.returncode}")
        try:
            address = f"http://127.0.0.1:{port}{path}"
            with urllib.request.urlopen(address, timeout=120) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"nothing answers on port {port}")


def _start(command: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    clean = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("SAFELANE_", "DJANGO_", "PYTHONPATH"))
    }
    return subprocess.Popen(
        command,
        env=clean | env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def tipg(binaries: Path, database: str, port: int) -> subprocess.Popen[bytes]:
    """Serve the table by tipg: one uvicorn process, as its documentation starts it."""
    env = {
        "DATABASE_URL": database.replace("postgres://", "postgresql://"),
        "TIPG_DB_SCHEMAS": '["public"]',
        "TIPG_DB_SPATIAL_EXTENT": "FALSE",
        "TIPG_DB_DATETIME_EXTENT": "FALSE",
        "TIPG_DEBUG": "FALSE",
    }
    command = [str(binaries / "uvicorn"), "tipg.main:app", "--port", str(port)]
    command += ["--no-access-log"]
    process = _start(command, env)
    wait_for(port, f"/collections/public.{TABLE}/items?limit=1", process)
    return process


def pygeoapi(
    binaries: Path, provider: str, port: int, folder: Path, threads: int = 4
) -> subprocess.Popen[bytes]:
    """Serve one provider by pygeoapi: one gunicorn process of some threads."""
    config = folder / "pygeoapi.yml"
    config.write_text(CONFIG.format(port=port, provider=provider), encoding="utf-8")
    openapi = folder / "openapi.yml"
    env = {
        "PYGEOAPI_CONFIG": str(config),
        "PYGEOAPI_OPENAPI": str(openapi),
        "PATH": f"{binaries}:{os.environ['PATH']}",
    }
    generate = [str(binaries / "pygeoapi"), "openapi", "generate", str(config)]
    made = subprocess.run(
        [*generate, "--output-file", str(openapi)], env=os.environ | env,
        capture_output=True, text=True,
    )  # fmt: skip
    if made.returncode:
        sys.exit(made.stderr[-2000:])
    command = [str(binaries / "gunicorn"), "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "1", "--worker-class", "gthread"]
    command += ["--threads", str(threads), "--keep-alive", "60"]
    process = _start([*command, "pygeoapi.flask_app:APP"], env)
    wait_for(port, "/collections/hazards/items?limit=1&f=json", process)
    return process


def postgres_provider(database: str) -> str:
    """Return pygeoapi's provider for the table, as YAML."""
    parts = urlsplit(database)
    return f"""
        - type: feature
          name: PostgreSQL
          data:
            host: {parts.hostname}
            port: {parts.port or 5432}
            dbname: {parts.path.strip("/")}
            user: {parts.username}
            password: {parts.password}
            search_path: [public]
          id_field: id
          table: {TABLE}
          geom_field: geometry
          properties: [{", ".join(COLUMNS)}]"""


def file_provider(path: Path) -> str:
    """Return pygeoapi's own GeoPackage provider for a file, as YAML."""
    return f"""
        - type: feature
          name: SQLiteGPKG
          data: {path}
          id_field: fid
          table: hazards"""


CONFIG = """
server:
  bind: {{host: 127.0.0.1, port: {port}}}
  url: http://127.0.0.1:{port}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  languages: [en-US]
  limits: {{default_items: 10, max_items: 10000}}
  map: {{url: "https://tile.example.org/{{z}}/{{x}}/{{y}}.png", attribution: none}}
logging: {{level: ERROR}}
metadata:
  identification:
    title: {{en: bench}}
    description: {{en: bench}}
    keywords: {{en: [bench]}}
    keywords_type: theme
    terms_of_service: none
    url: https://example.org
  license: {{name: none, url: https://example.org}}
  provider: {{name: bench, url: https://example.org}}
  contact: {{name: bench, position: none, address: none, city: none,
    stateorprovince: none, postalcode: none, country: none, phone: none, fax: none,
    email: none@example.org, url: https://example.org, hours: none, instructions: none,
    role: pointOfContact}}
resources:
  hazards:
    type: collection
    title: {{en: hazards}}
    description: {{en: hazards}}
    keywords: {{en: [hazards]}}
    links: []
    extents:
      spatial:
        bbox: [-180, -90, 180, 90]
        crs: http://www.opengis.net/def/crs/OGC/1.3/CRS84
    providers:{provider}
"""
