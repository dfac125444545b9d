"""A new part is green in its first minute, and a fact is added in three places."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from safelane.cli.dev import SKELETON, make_migration, names_of, write_skeleton
from safelane.core.domain import Group
from safelane.core.errors import InvalidInput

ROOT = Path(__file__).parents[4]
FACT = '    Fact("terrain", "show", group="main", codes="terrain", tile=True),\n'
FIELD = '    terrain = models.CharField(_("terrain"), max_length=40, blank=True)\n'
SEEN = '''"""The new fact stands at every door."""

import pytest
from shapely.geometry import Point

from safelane.core.scope import system_actor
from training.actions import create_course

pytestmark = pytest.mark.django_db


def test_the_fact_is_everywhere(cast):
    from django.test import Client

    facts = {"reference": "A1", "terrain": "hill", "geometry": Point(103.1, 19.4)}
    by = system_actor("tests")
    row = create_course(cast.organisations["lao"], facts, by=by)
    client = Client()
    role = ("lao", "organisation", "exact", "*")
    client.force_login(cast.with_role("keeper", role, ["course"]))
    assert 'name="terrain"' in client.get("/training/new/").content.decode()
    assert "Terrain" in client.get("/training/").content.decode()
    assert "Terrain" in client.get(f"/training/{row.uid}/").content.decode()
    found = client.get(f"/api/v1/training/{row.uid}").json()
    assert found["facts"]["terrain"] == "hill"
    item = client.get(f"/ogc/collections/training/items/{row.uid}").json()
    assert item["properties"]["terrain"] == "hill"
'''


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Return the folder of a part that was just written."""
    folder = tmp_path / "training"
    names = names_of("training", "course", Group.PEOPLE, is_inside=False)
    write_skeleton(folder, names)
    return folder


def migrate(folder: Path) -> None:
    names = names_of("training", "course", Group.PEOPLE, is_inside=False)
    make_migration(names, folder.parent)


def add(path: Path, before: str, line: str) -> None:
    """Put a line before the first one that starts with ``before``."""
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, line + before, 1), encoding="utf-8")


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the tests of the part as those of the house run."""
    path = [str(folder.parent), str(ROOT / "src"), str(ROOT)]
    env = os.environ | {
        "PYTHONPATH": os.pathsep.join(path),
        "SAFELANE_PARTS": "training",
    }
    command = [
        sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "conftest",
        "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder.parent),
        "-p", "no:cacheprovider", str(folder), *words,
    ]  # fmt: skip
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_part_is_green_and_takes_a_fact_in_three_places(made: Path) -> None:
    migrate(made)
    add(made / "models.py", "    notes = ", FIELD)
    add(made / "facts.py", '    Fact("notes"', FACT)
    migrate(made)
    assert len(list((made / "migrations").glob("0*.py"))) == 2
    (made / "tests" / "test_fact.py").write_text(SEEN, encoding="utf-8")
    done = run(made)
    assert done.returncode == 0, done.stdout[-4000:]
    assert len(list(made.glob("*.py"))) == 12


@pytest.mark.slow
def test_the_inherited_tests_find_what_is_open(made: Path) -> None:
    migrate(made)
    text = (made / "facts.py").read_text(encoding="utf-8")
    opened = text.replace('Fact("notes", ', 'Fact("notes", "show", ')
    assert opened != text
    (made / "facts.py").write_text(opened, encoding="utf-8")
    queries = made / "queries.py"
    text = queries.read_text(encoding="utf-8")
    bare = text.replace("objects.visible_to(actor)", "objects.visible_to(EVERYBODY)")
    assert bare != text
    bare += "\n\nfrom safelane.core.scope import system_actor\n"
    queries.write_text(f"{bare}EVERYBODY = system_actor('tests')\n", encoding="utf-8")
    done = run(made, "-k", "50m and (secret or learn)")
    assert done.returncode == 1, done.stdout[-4000:]
    assert "test_coarse_readers_get_no_secret[50m]" in done.stdout
    assert "test_others_learn_nothing[50m]" in done.stdout


def test_the_skeleton_is_written_as_the_house_is(made: Path) -> None:
    command = [
        sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"),
        "--ignore", "I001", str(made),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    sources = [path.name for path in SKELETON.glob("*.py.txt")]
    assert len([name for name in sources if not name.startswith("test_")]) == 12


@pytest.mark.parametrize("name", ["Training", "my-part", "class", "2nd", "tränen", ""])
def test_what_cannot_name_a_part_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="cannot name a part"):
        names_of(name, "course", Group.PEOPLE, is_inside=True)
