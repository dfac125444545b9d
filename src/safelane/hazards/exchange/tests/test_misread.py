"""Files that could be read as something else are read rightly, or it is said."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pyogrio.raw import write

from safelane.core.audit.audit import audit
from safelane.core.history.models import Change
from safelane.core.jobs.progress import Progress
from safelane.exchange.exports import export_records
from safelane.exchange.files.formats import FORMATS
from safelane.exchange.imports.runner import import_file
from safelane.exchange.models import ImportRun
from safelane.hazards.exchange.tests.test_pages import client_of, form_of
from safelane.hazards.models import HazardousArea, HazardReport

pytestmark = pytest.mark.django_db
HEAD = "reference,date_of_information,kind,name,latitude,longitude"
SQUARE = "103.0{0} 19.4,103.0{0}1 19.4,103.0{0}1 19.401,103.0{0} 19.401,103.0{0} 19.4"


@pytest.fixture
def send(field: Any) -> Any:
    """Upload a file on the page; return the client and the page that follows."""

    def sent(content: bytes | str, name: str = "register.csv") -> tuple[Client, Any]:
        client = client_of(field.manager)
        data = content.encode() if isinstance(content, str) else content
        about = {"target": "hazards", "organisation": field.authority.pk}
        about["file"] = SimpleUploadedFile(name, data)
        return client, client.post(reverse("exchange:imports"), about)

    return sent


@pytest.fixture
def bring_in(send: Any, field: Any) -> Any:
    """Upload a file, take the mapping as it is proposed, and bring it in."""

    def brought(content: bytes | str, name: str = "register.csv") -> ImportRun:
        client, answer = send(content, name)
        assert answer.status_code == 302, answer.context["form"].errors
        data = form_of(client.get(answer["Location"])) | {"step": "save"}
        data |= {"mode": "skip", "reason": "Register"}
        told = client.post(answer["Location"], data, follow=True)
        run = ImportRun.objects.latest("pk")
        assert run.mode == "skip", [str(said) for said in told.context["messages"]]
        import_file(run, Progress(field.manager))
        assert run.stage == "done", run.message
        return run

    return brought


def faults_of(run: ImportRun) -> list[tuple[int, str]]:
    return list(run.faults.order_by("row").values_list("row", "code"))


def known(*names: str) -> list[Any]:
    flat = len(names) == 1
    return list(
        HazardousArea.objects.order_by("reference").values_list(*names, flat=flat)
    )


@pytest.mark.parametrize(
    ("lines", "row"),
    [
        (
            [
                'Q1,2024-03-15,SHA,"Ban A,19.41,103.1',
                'Q2,2024-03-15,SHA,B",19.42,103.2',
            ],
            2,
        ),
        (
            [
                "Q1,2024-03-15,SHA,Ban A,19.41,103.1",
                '"Q2,2024-03-15,SHA,Ban B,19.42,103.2',
                "Q3,2024-03-15,SHA,Ban C,19.43,103.3",
                'Q4",2024-03-15,SHA,Ban D,19.44,103.4',
            ],
            3,
        ),
        (  # cells left empty tell nothing
            [
                'Q1,2024-03-15,SHA,"Plot of Somchai,19.41,103.1',
                'Q2,,SHA,12",19.42,103.2',
            ],
            2,
        ),
    ],
)
def test_rows_behind_an_open_quote_are_not_lost_unsaid(bring_in, lines, row):
    run = bring_in("\n".join([HEAD, *lines, "Z,2024-03-15,SHA,Z,19.45,103.5"]) + "\n")
    assert faults_of(run) == [(row, "quote-open")]
    assert "Q2" not in known("reference")


def test_a_row_that_is_refused_says_not_where_its_area_lies(bring_in):
    """Two areas of one reference with two rows each: only the first one comes in."""
    lines = [
        "A1,2023-01-01,SHA,first,19.41,103.1",
        "A1,2023-02-01,SHA,second,19.61,103.3",
        "A1,2023-03-01,SHA,second,19.6101,103.3001",
        "A1,2023-04-01,SHA,first,19.4101,103.1001",
        f"B1,{timezone.localdate() + dt.timedelta(9)},SHA,future,19.8,103.8",
        "B1,2023-02-01,SHA,now,19.41,103.6",
    ]
    run = bring_in("\n".join([HEAD, *lines]) + "\n")
    assert [f for f in faults_of(run) if "date" not in f[1]] == [
        (3, "area-moved"), (4, "area-moved"),
    ]  # fmt: skip
    assert known("reference", "name") == [("A1", "first"), ("B1", "now")]
    north = [place.y for place in known("geometry")]
    assert north == pytest.approx([19.4101, 19.41])


def test_a_layer_of_other_columns_is_not_the_same_table(bring_in, tmp_path):
    """Corners that stand in a layer beside that of the areas are no areas."""
    path, day = tmp_path / "s1.gpkg", [dt.date(2023, 1, 1).isoformat()]
    areas = {"reference": ["S1"], "date_of_information": day, "kind": ["SHA"]}
    corners = {"reference": ["S1-TP1"], "date_of_information": day, "hazard": ["S1"]}
    layers = {"hazards": (shapely.box(103, 19, 103.001, 19.001), areas)}
    layers["hazards_points"] = shapely.Point(103, 19), corners
    for layer, (shape, columns) in layers.items():
        write(
            path, np.array([shapely.to_wkb(shape)], dtype=object),
            [np.array(values, dtype=object) for values in columns.values()],
            list(columns), layer=layer, driver="GPKG", crs="EPSG:4326",
            geometry_type=shape.geom_type, append=path.exists(),
        )  # fmt: skip
    bring_in(path.read_bytes(), "s1.gpkg")
    assert known("reference") == ["S1"]


def test_a_text_of_several_lines_comes_in(bring_in):
    run = bring_in(f'{HEAD}\nQ1,2024-03-15,SHA,"Ban A,\nby the river",19.41,103.1\n')
    assert not run.faults.exists()
    assert known("name") == ["Ban A,\nby the river"]


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_commas_within_a_place_part_no_cells(bring_in, separator, quote):
    """As ogr2ogr and QGIS write tables with the outline as WKT."""
    lines = [["reference", "date", "kind", "comment", "WKT"]]
    for n in range(1, 4):
        cells = ["rice, maize, roads", f"POLYGON (({SQUARE.format(n)}))"]
        quoted = [f"{quote}{cell}{quote}" for cell in cells]
        lines.append([f"S{n}", "2024-03-15", "SHA", *quoted])
    run = bring_in("\n".join(map(separator.join, lines)) + "\n")
    assert not run.faults.filter(level="error").exists()
    assert known("reference", "comment") == [
        (f"S{n}", "rice, maize, roads") for n in range(1, 4)
    ]
    assert not HazardousArea.objects.filter(geometry__isnull=True).exists()


def test_the_separator_can_be_chosen(send):
    text = "reference;date,kind;x\nA;2024-03-15,SHA;1\nB;2024-03-15,SHA;2\n"
    client, answer = send(text)
    url = answer["Location"]
    first = ImportRun.objects.get()
    assert {c[0] for c in first.info["columns"]} == {"reference", "date,kind", "x"}
    read = {"step": "read", "layer": "", "separator": "comma"}
    client.post(url, read)
    again = ImportRun.objects.get()
    assert [c[0] for c in again.info["columns"]] == ["reference;date", "kind;x"]
    assert client.get(url).context["reading"]["separator"].value() == "comma"


def days(first: str, *more: str) -> str:
    rows = [f"A{n},{first},SHA,x,19.4,103.{n:03d}" for n in range(1, 250)]
    rows += [f"B{n},{day},SHA,x,19.5,103.{n:03d}" for n, day in enumerate(more, 1)]
    return "\n".join([HEAD, *rows]) + "\n"


def test_a_late_day_settles_how_all_are_read(bring_in):
    run = bring_in(days("1/4/2015", "1/13/2015", "2/28/2015"))
    assert not run.faults.filter(level="error").exists()
    assert (
        str(HazardousArea.objects.get(reference="A1").last_information) == "2015-01-04"
    )
    assert not [note for note in run.info["notes"] if note[0] == "days"]


def test_days_that_may_be_months_are_spoken_of(send):
    client, answer = send(days("1/4/2015"))
    shown = client.get(answer["Location"])
    told = "“1/4/2015” is read as 2015-04-01"
    assert told in shown.content.decode()
    data = form_of(shown) | {"format-date_of_information": "%m/%d/%Y", "step": "save"}
    client.post(answer["Location"], data)
    assert told not in client.get(answer["Location"]).content.decode()


def test_a_late_comma_settles_how_all_numbers_are_read(bring_in):
    head = "reference;date;kind;stated_area_m2"
    rows = [f"A{n};2024-03-15;SHA;1,{100 + n}" for n in range(249)]
    bring_in("\n".join([head, *rows, "B;2024-03-15;SHA;398,5"]) + "\n")
    assert HazardousArea.objects.get(reference="A0").stated_area_m2 == 1.1
    assert HazardousArea.objects.get(reference="B").stated_area_m2 == 398.5


def workbook(
    *rows: list[Any], forms: dict[str, str] | None = None, **sheets: Any
) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for name, lines in sheets.items():
        page = book.create_sheet(name)
        for line in lines:
            page.append(line)
    page = book.create_sheet("Data")
    for row in rows:
        page.append(row)
    for cell, form in (forms or {}).items():
        page[cell].number_format = form
    del book["Sheet"]
    book.save(file)
    return file.getvalue()


XLSX_HEAD = ["reference", "date", "kind", "latitude", "longitude"]


def test_two_references_that_are_shown_apart_stay_apart(bring_in):
    """77.1 and 77.10 are one number, and two sections."""
    rows = [
        [77.1, dt.date(2024, 3, 15), "SHA", 19.4, 103.1],
        [77.1, dt.date(2024, 4, 2), "SHA", 19.5, 103.2],
        [12, dt.date(2024, 4, 2), "SHA", 19.6, 103.3],
        [13, dt.date(2024, 4, 2), "SHA", 19.7, 103.4],
    ]
    forms = {"A2": "0.0", "A3": "0.00", "A4": "0000", "A5": '"MF-"000'}
    bring_in(workbook(XLSX_HEAD, *rows, forms=forms), "r.xlsx")
    assert known("reference") == ["0012", "77.1", "77.10", "MF-013"]


def test_a_reference_that_became_a_date_is_spoken_of(bring_in):
    row = [dt.date(2024, 3, 1), dt.date(2024, 3, 15), "SHA", 19.4, 103.1]
    run = bring_in(workbook(XLSX_HEAD, row), "r.xlsx")
    assert (2, "date-name") in faults_of(run)
    assert "“2024-03-01” is a date" in run.faults.get(code="date-name").message


@pytest.mark.parametrize(
    "cover",
    [
        [["Register 2024"]],
        [["Hazard register"], ["National authority"]],
        [["Prepared by", "NRA"], ["On", "2024-03-15"], ["Of", "Laos"]],
    ],
)
def test_a_cover_before_the_table_is_passed_over(bring_in, cover):
    row = ["X-1", dt.date(2024, 3, 15), "SHA", 19.4, 103.1]
    run = bring_in(workbook(XLSX_HEAD, row, Cover=cover), "r.xlsx")
    assert run.info["layer"] == "Data" and run.info["layers"] == ["Cover", "Data"]
    assert ["other-layers", {"count": 1, "names": "Cover"}] in run.info["notes"]
    assert known("reference") == ["X-1"]


@pytest.mark.parametrize("gap", [";", "; "])
def test_outlines_of_odk_are_read(bring_in, gap):
    corners = [(19.4, 103.1), (19.4, 103.101), (19.401, 103.101), (19.4, 103.1)]
    shape = gap.join(f"{lat} {lon} 0 4.5" for lat, lon in corners)
    bring_in(f'reference,date,kind,area\nO1,2024-03-15,SHA,"{shape}"\n')
    area = HazardousArea.objects.get()
    assert area.geometry.geom_type == "Polygon"
    assert area.geometry.bounds == pytest.approx((103.1, 19.4, 103.101, 19.401))


@pytest.mark.parametrize("day", [1710460800000, "1710460800000", "2024-3-15"])
def test_dates_of_arcgis_and_of_single_digits_are_read(bring_in, day):
    stated = {"reference": "G1", "date": day, "kind": "SHA"}
    feature = {"type": "Feature", "properties": stated, "geometry": None}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    run = bring_in(text, "r.geojson")
    assert not faults_of(run)
    assert [str(day) for day in known("last_information")] == ["2024-03-15"]


FURTHER = {"Weg nr.": "12", "ໝາຍ": "ບ້ານ", "=1+1": "-5"}


def further() -> str:
    stated = {"reference": "R1", "date": "2024-03-15", "kind": "SHA"} | FURTHER
    shape = shapely.box(103.1, 19.4, 103.101, 19.401).__geo_interface__
    feature = {"type": "Feature", "properties": stated, "geometry": shape}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


@pytest.mark.parametrize("format_name", FORMATS)
def test_further_fields_leave_and_come_back(bring_in, field, tmp_path, format_name):
    bring_in(further(), "r.geojson")
    assert known("extra") == [FURTHER]
    path = tmp_path / f"out{FORMATS[format_name].suffix}"
    export_records(path, "hazards", format_name, by=field.manager)
    HazardReport.objects.update(extra={})
    HazardousArea.objects.update(extra={})
    run = bring_in(path.read_bytes(), path.name)
    area = HazardousArea.objects.get()
    assert FURTHER.items() <= area.extra.items() and "folder" not in area.extra
    told = {code for code, _said in run.info["notes"]}
    assert not told & {"several-columns", "not-taken", "joined", "outline-lost"}


def test_programs_find_several_codes_by_the_text_they_read(bring_in, field):
    bring_in("reference,date,kind,contamination\nA1,2024-03-15,SHA,uxo;axo\n")
    items = "/ogc/collections/hazardous-areas/items"
    (row,) = client_of(field.manager).get(items).json()["features"]
    said = row["properties"]["contamination"]
    for asked in ({"contamination": said}, {"filter": f"contamination = '{said}'"}):
        page = client_of(field.manager).get(items, asked).json()
        assert [f["id"] for f in page["features"]] == [row["id"]], said


def test_further_fields_are_told_to_programs(bring_in, field):
    bring_in(further(), "r.geojson")
    client = client_of(field.manager)
    page = client.get("/ogc/collections/hazardous-areas/items").json()
    assert json.loads(page["features"][0]["properties"]["extra"]) == FURTHER
    asked = client.get("/ogc/collections/hazardous-areas/queryables").json()
    assert "extra" not in asked["properties"]


def test_the_page_says_what_a_format_cannot_hold(field):
    page = client_of(field.manager).get(reverse("exchange:exports"))
    assert "A Shapefile cuts texts after 254 bytes" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"PK\x03\x04 and no more"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [{"a": }]}'),
        ("a.kml", b"<kml xmlns='http://www.opengis.net/kml/2.2'><Document>"),
        ("a.csv", b'reference,date\nA,"2024\n'),
    ],
)
def test_junk_is_refused_in_our_words(send, name, content):
    _client, answer = send(content, name)
    assert answer.status_code == 422
    (said,) = answer.context["form"].errors["file"]
    theirs = ("Error", "Expecting", "char ", "zip file", "EOF", "Premature", "string")
    assert "damaged" in said and not [word for word in theirs if word in said], said


def test_a_cell_that_looks_like_our_own_note_stays_as_it_is(bring_in):
    bring_in(f"{HEAD},stage_at,more\nQ1,2024-03-15,SHA,Ban A,19.41,103.1,%,2\n")
    (after,) = Change.objects.filter(verb__endswith=".register").values_list("after")
    told = json.loads(after[0])
    assert HazardousArea.objects.get().extra == {"stage_at": "%", "more": "2"}
    assert told["extra"] == {"stage_at": "%", "more": "2"}
    assert told["stage_at"].startswith("20")
    assert {fault.kind for fault in audit().faults} <= {"anchor"}  # of other tests


def test_each_row_keeps_the_system_in_which_it_was_typed(bring_in):
    bring_in(
        "reference,date_of_information,kind,easting,northing,zone\n"
        "Q1,2024-03-15,SHA,735000,2150000,47N\n"
        "Q2,2024-03-15,SHA,310000,2150000,48N\n"
    )
    assert known("geometry_crs") == ["EPSG:32647", "EPSG:32648"]


def test_a_comment_of_two_lines_with_many_commas_comes_in(bring_in):
    run = bring_in(
        "reference,date_of_information,kind,latitude,longitude,comment\n"
        'Q1,2024-03-15,SHA,19.41,103.1,"mines seen:\n'
        'PMN, POMZ, M14, M16, PMD6, TM46"\n'
        "Q2,2024-03-15,SHA,19.42,103.1,ok\n"
    )
    assert known("reference") == ["Q1", "Q2"]
    (fault,) = run.faults.filter(code="quote-open")
    assert (fault.row, fault.level, fault.column) == (2, "warning", "comment")
