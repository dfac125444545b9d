"""`safelane import` to its end, with a workbook as a spreadsheet program saves it."""

import datetime as dt
import json

import openpyxl
import pytest

from safelane.cli.tests.conftest import Workspace
from safelane.cli.tests.test_reliability import query
from safelane.exchange.tests.tables import HERE, TABLES


@pytest.fixture
def workbook(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["hazard_id", "type", "status", "date", "remarks"])
    sheet.append(["XK-1", "SHA", "Active", dt.date(2023, 5, 1), "ບ້ານ"])
    sheet.append(["XK-2", "SHA", "Active", dt.date(2023, 5, 2), "a path"])
    path = tmp_path / "register.xlsx"
    book.save(path)
    return path


def test_a_workbook_comes_in_by_command(staffed, workbook):
    done = staffed.run("import", str(workbook), "--organisation", "LAA")
    assert done.returncode == 0, done.stderr
    assert "2 rows have no position" in done.stderr
    assert "INFO" not in done.stderr + done.stdout
    areas = "SELECT reference, comment FROM hazards_hazardousarea ORDER BY reference"
    assert query(staffed, areas) == [("XK-1", "ບ້ານ"), ("XK-2", "a path")]


def test_an_own_workspace_takes_a_workbook_at_once(tmp_path, workbook):
    """From nothing: countries by pack, code or small letters; no demo, no page."""
    space = Workspace(tmp_path / "own")
    done = space.run("init", "--country", "atlantis")
    assert done.returncode and "laos (LAO)" in done.stderr
    assert not space.folder.exists()
    two = Workspace(tmp_path / "two")
    said = two.run("init", "--country", "laos", "--country", "azerbaijan").stdout
    assert "Register one for each of them" in " ".join(said.split())
    answer = space.answer("init", "--short-name", "OWN", "--country", "LA")
    assert answer["countries"] == ["LAO"] and answer["invitation"]
    home = "SELECT o.short_name, c.code FROM organisations_organisation o JOIN"
    home += " organisations_country c ON c.id = o.country_id"
    assert query(space, home) == [("OWN", "LAO")]
    asked = ("import", str(workbook), "--organisation", "OWN", "--dry-run")
    missing = space.run(*asked, "--country", "azerbaijan")
    assert "safelane init --country azerbaijan" in missing.stderr
    assert space.answer("init", "--country", "AZE", "--country", "laos") == {
        "invitation": None,
        "countries": ["AZE", "LAO"],
    }
    for named in ("laos", "lao", "AZE"):
        assert space.answer(*asked, "--country", named)["counts"]["good"] == 2
    done = space.run("import", str(workbook))
    assert done.returncode == 0, done.stderr
    owners = "SELECT DISTINCT c.code FROM hazards_hazardousarea h JOIN"
    owners += " organisations_country c ON c.id = h.country_id"
    assert query(space, owners) == [("LAO",)]


HOME = "SELECT c.code FROM organisations_organisation o LEFT JOIN"
HOME += " organisations_country c ON c.id = o.country_id WHERE o.short_name = 'HOME'"


def test_the_first_country_becomes_that_of_the_home_organisation(workspace, workbook):
    """Made without one, it could neither report nor import for good."""
    told = workspace.run("init").stdout
    assert "No country yet: safelane init --country laos" in told
    assert query(workspace, HOME) == [(None,)]
    told = workspace.run("init", "--country", "laos").stdout
    assert "No country yet" not in told and "HOME belongs to Lao" in told
    assert query(workspace, HOME) == [("LAO",)]
    last = "SELECT verb FROM history_change ORDER BY id DESC LIMIT 1"
    assert query(workspace, last) == [("organisation.update",)]
    workspace.heads()
    told = workspace.run("init", "--country", "azerbaijan").stdout
    assert "HOME belongs" not in told and query(workspace, HOME) == [("LAO",)]
    assert workspace.run("import", str(workbook)).returncode == 0


def test_a_home_above_several_countries_belongs_to_none(workspace):
    workspace.answer("init", "--country", "laos", "--country", "azerbaijan")
    workspace.answer("init", "--country", "laos")
    assert query(workspace, HOME) == [(None,)]


def test_a_dry_run_says_the_same_and_writes_nothing(staffed, workbook):
    asked = ("import", str(workbook), "--organisation", "LAA", "--dry-run")
    answer = staffed.answer(*asked)
    assert answer["counts"]["unplaced"] == answer["counts"]["good"] == 2
    assert query(staffed, "SELECT count(*) FROM hazards_hazardousarea") == [(0,)]


def test_a_mapping_is_saved_whatever_the_encoding_of_the_system(staffed, tmp_path):
    """Such as Latin-1, and cp1252 of Windows: Lao would not go into either."""
    path, kept = tmp_path / "areas.csv", tmp_path / "mapping.json"
    path.write_text("ລະຫັດ,ປະເພດ,date\nU-1,SHA,2024-05-01\n", encoding="utf-8")
    asked = ("import", str(path), "--organisation", "LAA", "--save-mapping", str(kept))
    ascii_only = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = staffed.run(*asked, "--dry-run", env=ascii_only)
    assert done.returncode == 0, done.stderr
    fields = json.loads(kept.read_text("utf-8"))["fields"]
    assert fields["reference"]["column"] == "ລະຫັດ"
    again = ("import", str(path), "--organisation", "LAA", "--mapping", str(kept))
    assert staffed.answer(*again)["counts"]["created"] == 1


def test_what_could_mean_something_else_is_not_guessed(staffed, tmp_path):
    """Opposites, coordinates with a digit too many, depths and sizes with units."""
    lines = [
        "hazard_id;type;status;date;lat;lon;Depth (m);Area (ha)",
        "U-1;SHA;Active;2024-05-01;;;0,5;1,2",
        "U-2;SHA;Uncleared;2024-05-01;19.4;102.6;0,5;1,2",
        "U-3;SHA;Active;2024-05-01;19.4;1026.123;0,5;1,2",
        "U-4;SHA;Active;2024-05-01;16.30.00;102.6;0,5;1,2",
    ]
    path = tmp_path / "villages.csv"
    path.write_text("\n".join(lines) + "\n")
    asked = ("import", str(path), "--organisation", "LAA", "--skip-faulty", "--json")
    counts = json.loads(staffed.run(*asked).stdout)["counts"]
    assert counts["created"] == 1
    assert counts["faults"]["choice"] == 1
    assert counts["faults"]["coordinates"] == 2
    stated = "SELECT reference, depth_cm, stated_area_m2 FROM hazards_hazardousarea"
    assert query(staffed, stated) == [("U-1", 50, 12_000)]


def test_one_value_holds_for_all_rows(staffed, tmp_path):
    """Published boundaries stand in a file per level, which does not say its level."""
    shape = {"type": "Polygon", "coordinates": [[[90, 1], [91, 1], [91, 2], [90, 1]]]}
    said = {"name": "New Land", "code": "LA-NEW"}
    row = {"type": "Feature", "geometry": shape, "properties": said}
    path = tmp_path / "adm1.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [row]}))
    asked = ("import", str(path), "--organisation", "LAA", "--target", "areas")
    assert "nothing fills the needed field “Level”" in staffed.run(*asked).stderr
    assert "Write it as level=1" in staffed.run(*asked, "--value", "level").stderr
    assert staffed.answer(*asked, "--value", "level=1")["counts"]["created"] == 1
    areas = "SELECT level, name FROM organisations_adminarea WHERE code = 'LA-NEW'"
    assert query(staffed, areas) == [(1, "New Land")]


def test_a_table_is_parted_as_its_header_is_or_as_one_says(staffed, tmp_path):
    """As ogr2ogr writes it: semicolons, and commas within the outline."""
    outline = "103 19,103.001 19,103.001 19.001,103 19.001,103 19"
    path, asked = tmp_path / "areas.csv", ("--organisation", "LAA", "--dry-run")
    lines = ["WKT;hazard_id;type;date"]
    lines += [f'"POLYGON (({outline}))";S{n};SHA;3/4/2024' for n in range(3)]
    path.write_text("\n".join(lines) + "\n")
    answer = staffed.answer("import", str(path), *asked)
    assert answer["counts"]["good"] == 3 and "unplaced" not in answer["counts"]
    (note,) = answer["notes"]
    assert "“3/4/2024” is read as 2024-04-03" in note["message"]
    refused = staffed.run("import", str(path), *asked, "--separator", "bar")
    assert refused.returncode and "the separator is wrong" in refused.stderr


def test_an_area_moves_only_where_somebody_says_so(staffed, tmp_path):
    """One reference on two places is two areas until a person says that it is one."""
    path, asked = tmp_path / "moved.csv", ("--organisation", "LAA", "--skip-faulty")
    head = "hazard_id;type;date;lat;lon\n"
    rows = "M-1;SHA;2023-01-01;19.40;102.6\nM-1;SHA;2023-02-01;19.5;102.6\n"
    path.write_text(f"{head}{rows}-;SHA;2023-01-01;19.4;102.6\n")
    done = staffed.run("import", str(path), *asked, "--json")
    faults = [said["message"] for said in json.loads(done.stdout)["faults"]]
    assert [text[:42] for text in faults] == [
        "The place given lies 11.1 km from where th",
        "This is needed and empty.",
    ]
    assert "--accept-moves" in faults[0]
    where = "SELECT reference, geometry_ymin FROM hazards_hazardousarea"
    assert query(staffed, where) == [("M-1", 19.4)]
    path.write_text(f"{head}M-1;SHA;2023-02-01;19.5;102.6\n")
    assert staffed.run("import", str(path), *asked).returncode == 1
    near = tmp_path / "near.csv"
    near.write_text(f"{head}M-1;SHA;2023-01-20;19.401;102.6\n")
    assert staffed.answer("import", str(near), *asked)["counts"]["updated"] == 1
    kept = str(tmp_path / "mapping.json")
    allowed = (*asked, "--accept-moves", "--save-mapping", kept)
    moved = staffed.answer("import", str(path), *allowed)
    assert moved["counts"]["updated"] == 1
    assert any("The place given lies" in said["message"] for said in moved["faults"])
    assert query(staffed, where) == [("M-1", 19.5)]
    # What was said of one file holds for no other file of its layout.
    assert not json.loads((tmp_path / "mapping.json").read_bytes())["may_move"]
    path.write_text(f"{head}M-1;SHA;2023-03-01;19.9;102.6\n")
    assert staffed.run("import", str(path), *asked, "--mapping", kept).returncode == 1


STRANGE = ("words", "pairs", "strange datum", "comma", "doubtful comma", "unknown unit")


def test_tables_of_strangers_are_read_as_a_person_would(staffed, tmp_path):
    """Their rows lie where they say, and what is not read is said."""
    for name in STRANGE:
        path = tmp_path / f"{name}.csv"
        path.write_text(TABLES[name].text(name), encoding="utf-8")
        asked = ("import", str(path), "--organisation", "LAA", "--skip-faulty")
        answer = json.loads(staffed.run(*asked, "--json").stdout)
        told = [said["message"] for said in (*answer["notes"], *answer["faults"])]
        for words in TABLES[name].said:
            assert any(words in message for message in told)
    out = tmp_path / "out.geojson"
    staffed.answer("export", "hazards", "--format", "geojson", "--out", str(out))
    found = {
        row["properties"]["reference"]: row
        for row in json.loads(out.read_text("utf-8"))["features"]
    }
    for name in STRANGE:
        table = TABLES[name]
        for n, (place, size) in enumerate(zip(table.places, table.sizes, strict=True)):
            row = found.get(f"{name}-{n}")
            assert (row is None) == (place is None)
            if row and place:
                where = row["geometry"]["coordinates"]
                assert where == pytest.approx(place, abs=2e-4)
                assert row["properties"].get("stated_area_m2") == size


def test_the_command_says_from_which_column_each_field_came(staffed, tmp_path):
    path = tmp_path / "areas.csv"
    text = TABLES["comma"].text("A").replace("Lon;", "Lon;Area No;")
    path.write_text(
        text.replace("103,210", "103,210;7").replace("103,1525", "103,1525;8")
    )
    asked = ("import", str(path), "--organisation", "LAA", "--dry-run")
    done = staffed.run(*asked)
    assert "Stated area (m²): Size (ha); ha; decimal comma\n" in done.stdout
    assert "position: Lon (lon), Lat (lat); lonlat\n" in done.stdout
    assert "no field: Area No\n" in done.stdout


def test_the_command_names_the_columns_that_may_name_people(staffed, tmp_path):
    path = tmp_path / "areas.csv"
    text = TABLES["comma"].text("A").replace("Lon;", "Lon;Area No;Enumerator;")
    path.write_text(
        text.replace("103,210", "103,210;7;Lek").replace("103,1525", "103,1525;8;Keo")
    )
    done = staffed.run("import", str(path), "--organisation", "LAA")
    assert "no field: Area No\n" in done.stdout
    said = " ".join(done.stderr.split())
    assert "are not kept with the records: Enumerator." in said


def test_a_unit_that_only_the_format_of_a_cell_shows_is_read(staffed, tmp_path):
    book, path = openpyxl.Workbook(), tmp_path / "areas.xlsx"
    book.active.append(["hazard_id", "type", "date", "lat", "lon", "Area", "share"])
    shown = {'0.0" ha"': 2.5, r"0\ \r\a\i": 2, '#,##0.0 "m²";-0': 7.5, "0.0": 9.5}
    for n, (number_format, value) in enumerate(shown.items(), start=1):
        day = dt.date(2024, 3, 15)
        book.active.append([f"F-{n}", "SHA", day, HERE[1], HERE[0], value, 0.5])
        book.active.cell(n + 1, 6).number_format = number_format
        book.active.cell(n + 1, 7).number_format = "0%"
    book.save(path)
    done = staffed.run("import", str(path), "--organisation", "LAA")
    assert done.returncode == 0, done.stdout
    sizes = "SELECT stated_area_m2 FROM hazards_hazardousarea ORDER BY reference"
    assert query(staffed, sizes) == [(25_000,), (3_200,), (7.5,), (9.5,)]
    extra = query(staffed, "SELECT extra FROM hazards_hazardousarea")
    assert json.loads(extra[0][0]) == {"share": "50%"}


def test_what_is_left_open_is_said_before_anything_is_written(staffed, tmp_path):
    path, chosen = tmp_path / "register.csv", tmp_path / "m.json"
    head = "hazard_id,Visited,up,along,School"
    path.write_text(f"{head}\nQ-1,2023-05-01,19.431,103.215,Closed\n")
    asked = ("import", str(path), "--organisation", "LAA")
    done = staffed.run(*asked, "--save-mapping", str(chosen))
    assert done.returncode and "date of information" in done.stderr.casefold()
    notes, _colon, _refused = done.stderr.partition("The mapping cannot be used")
    for name in ("up, along", "“Visited” (", "“School” (", "--mapping m.json"):
        assert name in notes
    mapping = json.loads(chosen.read_text())
    mapping["fields"]["date_of_information"] = {"column": "Visited"}
    chosen.write_text(json.dumps(mapping))
    done = staffed.run(*asked, "--mapping", str(chosen), "--value", "status=open")
    assert done.returncode == 0, done.stderr
    areas = "SELECT status FROM hazards_hazardousarea WHERE reference = 'Q-1'"
    assert query(staffed, areas) == [("open",)]


def test_what_is_noted_of_a_file_with_identities_reaches_scripts(staffed, tmp_path):
    """Its notes end with the import, as its columns do: the answer still has them."""
    path = tmp_path / "accidents.csv"
    head = "accident_id,report_date,accident_date,latitude,longitude,gender,age"
    path.write_text(f"{head}\nACC-1,2020-05-02,01/03/2020,19.43,103.21,male,34\n")
    asked = ("--target", "accidents", "--organisation", "LAA")
    answer = staffed.answer("import", str(path), *asked)
    assert answer["counts"]["created"] == 1
    said = " ".join(note["message"] for note in answer["notes"])
    assert "No day of “accident_date” is above 12" in said
