"""Files as offices send them: scripts, encodings, systems, merged cells."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio.raw
import pytest
import shapely
from openpyxl.styles import Font

from safelane.exchange.files.errors import (
    ArchiveRefused,
    BrokenFile,
    ReadingTookTooLong,
    StrictWorkbook,
    UnknownCrs,
    UnknownFormat,
)
from safelane.exchange.files.reading import Limits
from safelane.exchange.files.source import Source
from safelane.exchange.tests.corpus.judge import records_of


def csv_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "register.csv"
    path.write_bytes(text.encode(encoding))
    return path


REGISTER = {
    "utf-8": "ID,ຊື່\n1,ບ້ານ ໂພນສະຫວັນ\n",
    "utf-16": "ID;ຊື່\n1;ບ້ານ\n",
    "cp1251": "Код;Название\n1;Минное поле у села Физули\n2;Подозрительный район\n",
    "koi8-r": "Код;Название\n1;Минное поле у села Физули\n2;подозрительный район\n",
    "cp866": "Код;Название\n1;Минное поле у села Физули\n2;подозрительный район\n",
    "cp874": "ลำดับ,ชื่อพื้นที่\n1,พื้นที่อันตราย บ้านหนองเอี่ยน\n",
    "cp1254": "Kod;Adı\n1;Ağdam şəhəri\n".replace("ə", "e"),
}


@pytest.mark.parametrize("encoding", REGISTER)
def test_encodings_are_found(tmp_path, encoding):
    text = REGISTER[encoding]
    with Source(csv_file(tmp_path, text, encoding)) as source:
        row = next(records_of(source.sample()))
    assert list(row) == text.splitlines()[0].replace(";", ",").split(",")
    assert list(row.values()) == text.splitlines()[1].replace(";", ",").split(",")


def test_one_damaged_byte_does_not_change_the_encoding(tmp_path):
    text = "ID,Adı\n1,Ağdam şəhəri\n2,Şuşa\n3,Göyçə\n"
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode().replace("Göy".encode(), b"G\xf6y"))
    with Source(path) as source:
        batch = source.sample()
    assert batch.columns["Adı"][:2] == ["Ağdam şəhəri", "Şuşa"]
    assert [(f.row, f.code) for f in batch.faults] == [(4, "encoding")]


def test_a_row_with_a_cell_too_many_is_named(tmp_path):
    path = csv_file(tmp_path, "a,b\n1,2\n1,2,3\n1\n")
    with Source(path) as source:
        faults = source.sample().faults
    assert [(f.row, f.code) for f in faults] == [(3, "cells-many"), (4, "cells-few")]


def test_titles_above_the_table_and_merged_cells(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Hazard register 2024"])
    sheet.append([])
    sheet.append(["ID", "ແຂວງ", "Date", "Sum"])
    for n in range(4):
        province = "ຊຽງຂວາງ" if n == 0 else None
        sheet.append([f"H{n}", province, dt.datetime(2024, 1, n + 1), "=1+1"])
    sheet.merge_cells("B4:B7")
    book.save(tmp_path / "a.xlsx")
    with Source(tmp_path / "a.xlsx") as source:
        batch = source.sample()
    assert batch.rows == [4, 5, 6, 7]
    assert set(batch.columns["ແຂວງ"]) == {"ຊຽງຂວາງ"}
    assert batch.columns["Date"][1] == "2024-01-02"
    assert {f.code for f in batch.faults} == {"formula"}


def shapefile(folder: Path, crs: str | None, encoding: str, names: list[str]) -> Path:
    points = shapely.points([[500_000.0 + i, 2_150_000.0] for i in range(len(names))])
    base = folder / "parts" / "ພື້ນທີ່.shp"
    base.parent.mkdir()
    pyogrio.raw.write(
        base,
        shapely.to_wkb(points),
        [np.array(names, dtype=object)],
        ["name"],
        driver="ESRI Shapefile",
        geometry_type="Point",
        crs=crs or "EPSG:32648",
        encoding=encoding,
    )
    if encoding != "UTF-8":
        base.with_suffix(".cpg").unlink(missing_ok=True)
    if crs is None:
        base.with_suffix(".prj").unlink()
    target = folder / "areas.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for part in base.parent.iterdir():
            archive.write(part, part.name)
    return target


@pytest.mark.parametrize(
    ("encoding", "name"), [("UTF-8", "ບ້ານ"), ("CP1251", "Подозрительный район")]
)
def test_shapefiles_of_any_system_and_script(tmp_path, encoding, name):
    with Source(shapefile(tmp_path, "EPSG:32648", encoding, [name] * 3)) as source:
        batch = source.sample()
        assert source.info.layer == "ພື້ນທີ່"
    assert batch.columns["name"] == [name] * 3
    point = shapely.from_wkb(batch.geometry[0])
    assert (round(point.x, 6), round(point.y, 3)) == (105.0, 19.444)
    assert batch.originals[0] == "POINT (500000 2150000)"


def test_a_shapefile_without_system_is_not_guessed(tmp_path):
    path = shapefile(tmp_path, None, "UTF-8", ["a"])
    with Source(path) as source, pytest.raises(UnknownCrs):
        source.sample()
    with Source(path, crs="EPSG:32648") as source:
        assert shapely.from_wkb(source.sample().geometry[0]).x == pytest.approx(105)


def test_a_shapefile_without_its_table_is_refused(tmp_path):
    whole = shapefile(tmp_path, "EPSG:32648", "UTF-8", ["a"])
    part = tmp_path / "part.zip"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(part, "w") as out:
        for name in source.namelist():
            if not name.endswith(".dbf"):
                out.writestr(name, source.read(name))
    with pytest.raises(BrokenFile, match=".dbf"):
        Source(part)


def test_batches_go_on_after_a_row(tmp_path):
    path = csv_file(tmp_path, "a\n" + "".join(f"{i}\n" for i in range(10)))
    with Source(path) as source:
        rows = [row for batch in source.batches(3, after=6) for row in batch.rows]
    assert rows == [7, 8, 9, 10, 11]


def test_a_zip_that_leads_outside_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../a.shp", "x")
    with pytest.raises(ArchiveRefused):
        Source(path)


def test_an_unknown_file_says_what_can_be_used(tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(b"hello")
    with pytest.raises(UnknownFormat, match="GeoPackage"):
        Source(path)


def test_a_reader_that_takes_too_long_is_stopped(tmp_path):
    path = csv_file(tmp_path, "a\n" + "1\n" * 10)
    with pytest.raises(ReadingTookTooLong):
        Source(path, limits=Limits(seconds=0.001))


def kml(folder: Path, inside: str) -> Path:
    path = folder / "areas.kml"
    path.write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>'
        f"<name>A</name>{inside}</Placemark></Document></kml>"
    )
    return path


def square(west: float) -> str:
    ring = shapely.box(west, 19, west + 0.1, 19.1).exterior.coords
    text = " ".join(f"{x},{y}" for x, y in ring)
    return (
        "<Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{text}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    )


def test_polygons_side_by_side_in_a_placemark_all_come_in(tmp_path):
    with Source(kml(tmp_path, square(103) + square(104))) as source:
        batch = source.sample()
    found = shapely.from_wkb(batch.geometry[0])
    assert found.geom_type == "MultiPolygon"
    assert found.area == pytest.approx(0.02)
    assert not batch.faults


@pytest.mark.parametrize("between", ["", "</outerBoundaryIs><outerBoundaryIs>"])
def test_two_outer_rings_of_one_polygon_both_come_in(tmp_path, between):
    """Against the standard, and what some converters make of areas of two parts."""
    start, end = "<Polygon><outerBoundaryIs>", "</outerBoundaryIs></Polygon>"
    one, other = (
        square(west).removeprefix(start).removesuffix(end) for west in (103, 104)
    )
    hole = shapely.box(104.02, 19.02, 104.04, 19.04).exterior.coords
    text = " ".join(f"{x},{y}" for x, y in hole)
    inner = (
        f"<innerBoundaryIs><LinearRing><coordinates>{text}</coordinates>"
        "</LinearRing></innerBoundaryIs>"
    )
    whole = f"{start}{one}{between}{other}</outerBoundaryIs>{inner}</Polygon>"
    with Source(kml(tmp_path, whole)) as source:
        batch = source.sample()
    found = shapely.from_wkb(batch.geometry[0])
    assert found.area == pytest.approx(0.02 - 0.0004)
    assert [len(part.interiors) for part in found.geoms] == [0, 1]


def test_a_broken_part_beside_a_sound_one_is_named(tmp_path):
    broken = "<Point><coordinates></coordinates></Point>"
    with Source(kml(tmp_path, square(103) + broken)) as source:
        assert [f.code for f in source.sample().faults] == ["geometry-broken"]


def test_numbers_too_long_to_be_read_exactly_are_named(tmp_path):
    path = tmp_path / "areas.gpkg"
    numbers = np.array([2**53 + 1, 12, 0], dtype=np.int64)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapely.points([[103.0, 19.0]] * 3)),
        [numbers],
        ["code"],
        field_mask=[np.array([False, False, True])],
        driver="GPKG",
        layer="areas",
        geometry_type="Point",
        crs="EPSG:4326",
    )
    with Source(path) as source:
        batch = source.sample()
    assert batch.columns["code"][1:] == [12, None]
    assert [(f.row, f.code) for f in batch.faults] == [(1, "digits")]


@pytest.mark.parametrize("is_cut", [False, True])
@pytest.mark.parametrize("declared", ["1251", "ISO-8859-1"])
def test_a_shapefile_that_names_the_wrong_encoding_is_read_rightly(
    tmp_path, declared, is_cut
):
    whole = shapefile(tmp_path, "EPSG:32648", "UTF-8", ["ບ້ານ"] * 3)
    wrong, letter = tmp_path / "wrong.zip", "ນ".encode()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(wrong, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith(".cpg"):
                data = declared.encode()
            elif name.endswith(".dbf") and is_cut:  # in the first row
                data = data.replace(letter, letter[:2] + b" ", 1)
            out.writestr(name, data)
    with Source(wrong) as source:
        first = "ບ້າ" if is_cut else "ບ້ານ"
        assert source.sample().columns["name"] == [first, "ບ້ານ", "ບ້ານ"]
        assert "encoding-overruled" in dict(source.info.notes)


@pytest.mark.parametrize("village", ["หนองบก", "หนองบอน", "หนองคาย"])
def test_thai_whose_letters_look_like_utf_8_is_read_as_thai(tmp_path, village):
    """In cp874, half of these letters and more form letters of UTF-8."""
    with Source(csv_file(tmp_path, f"ID,Name\n1,{village}\n", "cp874")) as source:
        assert source.sample().columns["Name"] == [village]
        assert source.info.encoding == "cp874"


def test_a_failed_formula_is_a_fault_of_its_cell_in_text_as_well(tmp_path):
    text = "Reference;Name;Note\nA1;#REF!;#Н/Д\nA2;#ССЫЛКА!;#1 road\n"
    with Source(csv_file(tmp_path, text)) as source:
        batch = source.sample()
    told = [(f.row, f.code, f.column) for f in batch.faults]
    assert told == [(2, "cell-error", "Name"), (3, "cell-error", "Name")]


def test_a_strict_workbook_is_told_from_an_empty_one(tmp_path):
    openpyxl.Workbook().save(tmp_path / "plain.xlsx")
    strict = tmp_path / "strict.xlsx"
    old = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with (
        zipfile.ZipFile(tmp_path / "plain.xlsx") as plain,
        zipfile.ZipFile(strict, "w") as written,
    ):
        for name in plain.namelist():
            new = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
            written.writestr(name, plain.read(name).replace(old, new))
    with pytest.raises(StrictWorkbook, match="Save it as “Excel Workbook”"):
        Source(strict)


def test_rows_out_of_view_are_told_and_written_line_ends_are_line_ends(tmp_path):
    """What a filter hides is read, and said; SSRS writes a line's end as _x000D_."""
    book = openpyxl.Workbook()
    for row in (["Reference", "Note"], ["A1", "a_x000D_\nb"], ["A2", None], ["A3", ""]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = book.active.row_dimensions[4].hidden = True
    book.save(tmp_path / "filtered.xlsx")
    with Source(tmp_path / "filtered.xlsx") as source:
        batch = source.sample()
        assert ("hidden-rows", {"count": 2}) in map(tuple, source.info.notes)
    assert batch.columns["Reference"] == ["A1", "A2", "A3"]
    assert batch.columns["Note"][0] == "a\nb"


def test_what_is_out_of_view_or_struck_through_is_told(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Reference", "Note", "Size"], ["A1", "a", 1], ["A2", "b", 2], ["A3"]):
        book.active.append(row)
    book.active.column_dimensions["B"].hidden = True
    for cell in ("A3", "B3", "C3", "C2"):
        book.active[cell].font = Font(strike=True)
    book.save(tmp_path / "struck.xlsx")
    with Source(tmp_path / "struck.xlsx") as source:
        batch = source.sample()
        assert dict(source.info.notes)["hidden-columns"] == {"columns": "“Note”"}
    assert batch.columns["Reference"] == ["A1", "A2", "A3"]
    told = [(f.row, f.code, f.column, f.level) for f in batch.faults]
    assert told == [(2, "struck", "Size", "warning"), (3, "struck", "", "warning")]


@pytest.mark.parametrize(
    ("form", "value", "shown"),
    [
        (r"000\-000", 123456, "123-456"),
        (r"000\-000", 7, "000-007"),
        ("00-00", 12345, "123-45"),
        (r"0\/00", 123, "1/23"),
        ('"LA-"00" "000', 1002, "LA-01 002"),
        ('"M0-"000', 7, "M0-007"),
        ('0.00" km"', 2.5, "2.50 km"),
        ("0000", 12, "0012"),
        ("0.0", 2.55, "2.55"),  # more than is shown
    ],
)
def test_a_reference_comes_in_as_its_cell_shows_it(tmp_path, form, value, shown):
    book = openpyxl.Workbook()
    book.active.append(["Reference", "Note"])
    book.active.append([value, "a"])
    book.active["A2"].number_format = form
    book.save(tmp_path / "a.xlsx")
    with Source(tmp_path / "a.xlsx") as source:
        batch = source.sample()
    told = {name: text for _row, name, text in batch.shown}
    assert told.get("Reference", str(value)) == shown


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("mmm-yy", "04/2023"),
        ("mm/yyyy", "04/2023"),
        ("[$-409]mmm\\-yy;@", "04/2023"),
        ("yyyy", "2023"),
        ("mmm bbbb", "04/2023"),
        ("mm/bb", "04/2023"),
        ("m/e", "04/2023"),
        ("mmm", "04"),
        ("mmmm", "04"),
        ('"day; of" mm/yyyy', "04/2023"),
        ("mm/yyyy_d;dd/mm/yyyy", "04/2023"),
        ("yyyy hh:mm:ss", "2023"),
        ("dd/mm/yyyy", "2023-04-01"),
        ("dddd", "2023-04-01"),
        ("h:mm am/pm", "2023-04-01"),
        ("mm:ss", "2023-04-01"),
        ('yyyy"-"mm"-"dd', "2023-04-01"),
    ],
)
def test_a_month_or_a_year_of_a_workbook_is_no_day(tmp_path, form, shown):
    book = openpyxl.Workbook()
    book.active.append(["day", "name"])
    book.active.append([dt.datetime(2023, 4, 1), "a"])
    book.active["A2"].number_format = form
    book.save(tmp_path / "a.xlsx")
    with Source(tmp_path / "a.xlsx") as source:
        assert source.sample().columns["day"] == [shown]
