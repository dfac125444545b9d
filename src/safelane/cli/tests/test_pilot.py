"""The pilot command on a small made-up folder of reference data."""

import csv
import gzip
import json

import pytest
import typer
from shapely.geometry import box, mapping
from typer.testing import CliRunner

from safelane.cli import pilot as module
from safelane.organisations.models import AdminArea, Place
from safelane.risk.models import SurveyPrior
from safelane.risk.wording import statement

pytestmark = pytest.mark.django_db
WEST, SOUTH, STEP = 103.0, 19.0, 0.2


def features(rows):
    listed = [
        {"type": "Feature", "properties": properties, "geometry": mapping(shape)}
        for properties, shape in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": listed})


def square(column):
    west = WEST + STEP * column
    return box(west, SOUTH, west + STEP, SOUTH + STEP)


@pytest.fixture
def data(tmp_path):
    """Write a province of two districts, one place, one river and six lines."""
    admin, records = tmp_path / "laos_admin", tmp_path / "laos_thor_missions"
    admin.mkdir(), records.mkdir()
    province = box(WEST, SOUTH, WEST + 2 * STEP, SOUTH + STEP)
    (admin / "lao_adm1_osm_geoboundaries_simplified.geojson").write_text(
        features([({"shapeISO": "LA-XX", "shapeName": "North"}, province)])
    )
    (admin / "lao_adm2_ocha_geoboundaries.geojson").write_text(
        features(
            [({"shapeID": f"d{n}", "shapeName": f"D {n}"}, square(n)) for n in (0, 1)]
        )
    )
    (admin / "lao_adm2_to_adm1.csv").write_text(
        "shapeID,shapeName,adm1,shapeISO\nd0,D 0,North,LA-XX\nd1,D 1,North,LA-XX\n"
    )
    (admin / "lao_places_geonames.csv").write_text(
        "geonameid,name,lat,lon,population,admin1code\n7,Ban One,19.05,103.05,800,1\n"
    )
    river = {"type": "LineString", "coordinates": [[103.1, 19.0], [103.1, 19.2]]}
    feature = {"type": "Feature", "properties": {}, "geometry": river}
    (admin / "rivers_naturalearth.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]})
    )
    lines = ["year,month,lat,lon,province,missions"]
    lines += [f"1969,{month},19.05,103.05,North,2" for month in (1, 2, 4)]
    lines += ["1970,1,19.1,103.3,North,5", "1970,2,10.0,100.0,South,7", "1970,x,1,1,,3"]
    with gzip.open(records / "thor_laos_points.csv.gz", "wt") as stream:
        stream.write("\n".join(lines) + "\n")
    return tmp_path


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Return a caller of the command that leaves the workspace of the tests alone."""
    monkeypatch.setattr(module, "ensure_workspace", lambda progress: None)
    app = typer.Typer()
    app.command()(module.pilot)

    def call(*arguments):
        return CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "out")])

    return call


def test_the_answer_says_what_came_in_and_where_to_go_first(data, run):
    answer = run("laos", "--data", str(data))
    assert answer.exit_code == 0, answer.exception
    for words in ("Account of the records", "Read from the file", "Ban One"):
        assert words in answer.stdout
    flat = " ".join(answer.stdout.split())
    assert statement() in flat
    assert "computing" in flat


def test_a_script_gets_json_with_every_record_and_the_files(data, run):
    answer = json.loads(run("laos", "--data", str(data), "--json").stdout)
    account = answer["account"]
    assert account["read"] == {"records": 21, "target_months": 6}
    assert account["used"] == {"records": 11, "target_months": 4}
    assert account["set_aside"]["unreadable"] == {"records": 3, "target_months": 1}
    assert account["set_aside"]["outside_districts"]["records"] == 7
    assert not account["complete"]
    assert answer["first"]["district"][0]["name"] == "D 0"
    with open(answer["files"]["csv"], encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == sum(
        answer["counts"][k] for k in ("district", "community", "unit")
    )
    with open(answer["files"]["pdf"], "rb") as stream:
        assert stream.read(5) == b"%PDF-"
    with open(answer["files"]["geojson"], encoding="utf-8") as stream:
        assert len(json.load(stream)["features"]) == len(rows)


def test_running_twice_adds_a_run_but_no_places(data, run):
    for _ in range(2):
        assert run("laos", "--data", str(data)).exit_code == 0
    assert SurveyPrior.objects.count() == 2
    assert AdminArea.objects.count() == 3 and Place.objects.count() == 1
    district = AdminArea.objects.get(code="d1")
    assert district.parent.name == "North"


def test_a_missing_file_changes_nothing(data, run):
    (data / "laos_thor_missions" / "thor_laos_points.csv.gz").unlink()
    answer = run("laos", "--data", str(data))
    assert answer.exit_code != 0
    assert "thor_laos_points.csv.gz" in str(answer.exception)
    assert not SurveyPrior.objects.exists() and not AdminArea.objects.exists()


def test_an_unknown_pilot_names_those_there_are(data, run):
    answer = run("atlantis", "--data", str(data))
    assert "azerbaijan, laos" in str(answer.exception)
