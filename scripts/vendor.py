"""Renew the front-end files under ``src/safelane/static/vendor`` from npm.

Run ``python scripts/vendor.py`` with npm on the PATH; fontTools and brotli are needed
for the fonts (``pip install fonttools brotli``). ``vendor.toml`` says what is taken;
``vendor.lock.json`` beside the files records package, version, licence and SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import vendor_atlas
import vendor_css
import vendor_fonts

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src" / "safelane" / "static" / "vendor"
LIST = Path(__file__).with_suffix(".toml")
LOCK = "vendor.lock.json"

FAMILIES = {
    "noto-sans": "Noto Sans",
    "noto-sans-lao": "Noto Sans Lao",
    "noto-sans-khmer": "Noto Sans Khmer",
    "noto-sans-myanmar": "Noto Sans Myanmar",
    "noto-sans-thai": "Noto Sans Thai",
}


def fetch(name: str, version: str, folder: Path) -> Path:
    """Unpack one npm package under ``folder`` and return its root."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not on the PATH; it is needed only to renew these files.")
    command = [npm, "pack", f"{name}@{version}", "--silent"]
    done = subprocess.run(  # noqa: S603 - fixed command, names from vendor.toml
        command, cwd=folder, check=True, capture_output=True, text=True
    )
    archive = folder / done.stdout.strip().splitlines()[-1]
    root = folder / re.sub(r"\W+", "-", name)
    with tarfile.open(archive) as tar:
        tar.extractall(root, filter="data")
    return root / "package"


def take(entry: dict[str, Any], root: Path) -> dict[str, bytes]:
    """Return the files that ``entry`` asks for: path under ``vendor`` -> content."""
    files = {
        target: _edited(root / source, entry)
        for source, target in entry.get("copy", {}).items()
    }
    for source, target in entry.get("geojson", {}).items():
        text = (root / source).read_text(encoding="utf-8")
        files[target] = vendor_atlas.countries_geojson(text).encode()
    if "sprite" in entry:
        files[entry["sprite"]] = sprite(root / "icons" / "outline", entry["icons"])
    if "family" in entry:
        files |= fonts(entry, root)
    return files


def _edited(source: Path, entry: dict[str, Any]) -> bytes:
    text = source.read_text(encoding="utf-8")
    for old, new in entry.get("replace", {}).items():
        text = text.replace(old, new)
    if entry.get("prune") and source.suffix == ".css":
        text = vendor_css.prune_rules(text, entry["prune"])
    return text.strip().encode() + b"\n"


def sprite(folder: Path, names: list[str]) -> bytes:
    """Return one SVG with a symbol per icon."""
    symbols = []
    for name in sorted(names):
        text = (folder / f"{name}.svg").read_text(encoding="utf-8")
        paths = re.findall(r"<(?:path|circle|rect|line)[^>]*/>", text)
        shapes = "".join(re.sub(r"\s+", " ", p) for p in paths if "M0 0h24" not in p)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    head = '<svg xmlns="http://www.w3.org/2000/svg">'
    return (head + "\n".join(symbols) + "</svg>\n").encode()


def fonts(entry: dict[str, Any], root: Path) -> dict[str, bytes]:
    """Return web subsets, their style sheet part, and TTF files for printing."""
    family, package = entry["family"], entry["name"].rsplit("/", 1)[-1]
    ranges = json.loads((root / "unicode.json").read_text(encoding="utf-8"))
    made: dict[str, bytes] = {}
    rules = []
    for name, given in entry["subsets"].items():
        source = root / "files" / f"{package}-{name}-wght-normal.woff2"
        wanted = given or ranges[name]
        made[f"fonts/{family}-{name}.woff2"] = vendor_fonts.web_font(source, wanted)
        rules.append(
            vendor_fonts.face(FAMILIES[family], f"{family}-{name}.woff2", wanted)
        )
    made[f"fonts/{family}.css"] = "".join(rules).encode()
    sources = _print_sources(entry, root, package)
    for style, weight in vendor_fonts.WEIGHTS.items():
        file = f"fonts-ttf/{FAMILIES[family].replace(' ', '')}-{style}.ttf"
        made[file] = vendor_fonts.print_font(sources, weight)
    return made


def _print_sources(entry: dict[str, Any], root: Path, package: str) -> list[Path]:
    """Return the subset files that make up the printed font, most common first."""
    names = list(entry["subsets"])
    return [root / "files" / f"{package}-{name}-wght-normal.woff2" for name in names]


def write(files: dict[str, bytes], folder: Path = TARGET) -> dict[str, str]:
    """Write files under ``folder`` and return path -> SHA-256."""
    sums = {}
    for path, content in sorted(files.items()):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        sums[path] = hashlib.sha256(content).hexdigest()
    return sums


def renew() -> None:
    """Fetch every package of the list and write files and locks."""
    locks: dict[Path, list[dict[str, Any]]] = {TARGET: []}
    faces = b""
    entries = tomllib.loads(LIST.read_text(encoding="utf-8"))["packages"]
    with tempfile.TemporaryDirectory() as folder:
        for entry in entries:
            root = fetch(entry["name"], entry["version"], Path(folder))
            about = json.loads((root / "package.json").read_text(encoding="utf-8"))
            files = take(entry, root)
            faces += files.pop(f"fonts/{entry.get('family')}.css", b"")
            target = ROOT / entry["folder"] if "folder" in entry else TARGET
            locks.setdefault(target, []).append(_locked(about, write(files, target)))
            print(f"{about['name']} {about['version']}: {len(files)} files")
    style = {"name": "style sheet of the fonts", "license": "OFL-1.1"}
    locks[TARGET].append(_locked(style, write({"fonts/fonts.css": faces})))
    for target, lock in locks.items():
        (target / LOCK).write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")


def _locked(about: dict[str, Any], sums: dict[str, str]) -> dict[str, Any]:
    return {
        "package": about["name"],
        "version": about.get("version", ""),
        "licence": about.get("license", ""),
        "files": sums,
    }


if __name__ == "__main__":
    renew()
