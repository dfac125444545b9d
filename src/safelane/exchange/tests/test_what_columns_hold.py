"""Positions and text are found wherever they stand in a file, or missed aloud."""

from __future__ import annotations

import json
import sqlite3
import zipfile

import numpy as np
import pytest
import shapely

from safelane.exchange.files.errors import UnknownCrs
from safelane.exchange.files.notes import note_text
from safelane.exchange.files.reading import Batch, Column, SourceInfo
from safelane.exchange.files.source import Source
from safelane.exchange.mapping.apply import read_places
from safelane.exchange.mapping.convert import convert_column
from safelane.exchange.mapping.guess import guess_mapping
from safelane.exchange.mapping.model import FieldMapping, Target, TargetField
from safelane.exchange.mapping.names import folded
from safelane.exchange.mapping.position_columns import guess_geometry

LAOS = (100.0, 13.9, 107.7, 22.6)
AREAS = Target("areas", "Areas", (), "optional", LAOS)
POINT = (102.6312, 17.965)
SQUARE = [[[103, 17], [103.001, 17], [103.001, 17.001], [103, 17]]]


def places(columns, target=AREAS):
    """Return the kind of position that is guessed, the places and the faults."""
    rows = len(next(iter(columns.values())))
    info = SourceInfo(columns=[Column(name) for name in columns])
    batch = Batch(list(range(2, rows + 2)), columns)
    mapping = guess_geometry(info, batch, target)
    found = read_places(mapping, batch, bounds=target.bounds)
    return (
        mapping.kind,
        [wkb and shapely.from_wkb(wkb) for wkb in found.geometry],
        found,
    )


@pytest.mark.parametrize(
    "columns",
    [
        {"Latitude": ["17.9650"], "Longitude": ["102.6312"]},
        {"_GPS_latitude": ["17.9650"], "_GPS_longitude": ["102.6312"]},
        {"location/Latitude": ["17.9650"], "location/Longitude": ["102.6312"]},
        {"Start (lat)": ["17.9650"], "Start (lng)": ["102.6312"]},
        {"ເສັ້ນຂະໜານ": ["17.9650"], "ເສັ້ນແວງ": ["102.6312"]},
        {"ละติจูด": ["17.9650"], "ลองจิจูด": ["102.6312"]},
        {"Широта": ["17,9650"], "Долгота": ["102,6312"]},
        {"GPS": ["17.9650 102.6312 180.5 4.5"]},
        {"geopoint": ["17.9650 102.6312 180.5"]},
        {"Coordinates": ["17.9650, 102.6312"]},
        {"GPS of the site": ["17.9650; 102.6312"]},
        {"N": ["17.9650"], "E": ["102.6312"]},
        {"Northing": ["17.9650"], "Easting": ["102.6312"]},
        {
            "N_deg": ["17"],
            "N_min": ["57"],
            "N_sec": ["54"],
            "E_deg": ["102"],
            "E_min": ["37"],
            "E_sec": ["52.32"],
        },
        {"Easting (m)": ["249124"], "Northing (m)": ["1987910"], "Zone": ["48N"]},
        {"X (m)": ["249124"], "Y (m)": ["1987910"], "โซน": ["48N"]},
        {"Easting_48N": ["249124"], "Northing_48N": ["1987910"]},
        {"UTM Easting 48N": ["249124"], "UTM Northing 48N": ["1987910"]},
        {"E (UTM zone 48 N)": ["249124"], "N (UTM zone 48 N)": ["1987910"]},
        {"X_UTM48N": ["249124"], "Y_UTM48N": ["1987910"]},
        {"UTM_X": ["249124"], "UTM_Y": ["1987910"], "UTM_Zone": ["48"]},
        {"ພິກັດ X": ["102.6312"], "ພິກັດ Y": ["17.9650"]},
        {"ລະຕິຈູດ": ["17.9650"], "ລອງຈິຈູດ": ["102.6312"]},
        {"ເສັ້ນຂະຫນານ": ["17.9650"], "ເສັ້ນແວງ": ["102.6312"]},
        {"พิกัด X": ["102.6312"], "พิกัด Y": ["17.9650"]},
        {"Координата X": ["102.6312"], "Координата Y": ["17.9650"]},
        {"Географическая широта": ["17.9650"], "Географическая долгота": ["102.6312"]},
        {"Şimal enliyi": ["17.9650"], "Şərq uzunluğu": ["102.6312"]},
        {"Coğrafi enlik": ["17.9650"], "Coğrafi uzunluq": ["102.6312"]},
        {"Enlik dairəsi": ["17.9650"], "Uzunluq dairəsi": ["102.6312"]},
        {"Vĩ độ (N)": ["17.9650"], "Kinh độ (E)": ["102.6312"]},
        {"Position": ["17°57'54\"N 102°37'52.32\"E"]},
        {"Position": ["48Q 249124 1987910"]},
        {"shape text": ["POINT (102.6312 17.965)"]},
        {"geometry": ['{"type": "Point", "coordinates": [102.6312, 17.965]}']},
    ],
)
def test_a_position_is_found_however_it_is_written(columns):
    kind, (found,), read = places(columns)
    assert kind != "none" and not read.faults
    assert (found.x, found.y) == pytest.approx(POINT, abs=1e-4)


def test_hexadecimal_wkb_is_read_in_the_system_that_it_names():
    here = shapely.set_srid(shapely.Point(249124, 1987910), 32648)
    text = shapely.to_wkb(here, hex=True, include_srid=True)
    kind, (found,), read = places({"geom": [text]})
    assert kind == "wkt" and read.crs == ["EPSG:32648"]
    assert (found.x, found.y) == pytest.approx(POINT, abs=1e-4)


def test_one_readable_cell_is_enough_for_a_column_of_that_name():
    cells = ["POINT (103 17)", "by the river", "see map", "–"]
    kind, found, read = places({"WKT": cells})
    assert kind == "wkt" and [bool(shape) for shape in found] == [True] + [False] * 3
    assert [fault.values["value"] for fault in read.faults] == cells[1:]


def test_empty_degrees_are_not_taken_for_metres():
    assert places({"Lat": [None, ""], "Lon": [None, ""]})[0] == "none"


def test_words_that_only_sound_alike_are_no_position():
    kind, _found, _read = places({"Plate": ["17.5"], "Colon": ["103.2"]})
    assert kind == "none"


def test_a_pair_that_lies_in_the_country_the_other_way_round_is_a_fault():
    _kind, (found,), read = places({"Coordinates": ["102.6312, 17.9650"]})
    assert found is None and "102.6312" in read.faults[0].values["said"]


def test_names_in_scripts_with_marks_keep_them():
    assert folded("ກັນ") != folded("ກິນ")
    assert folded("ເສັ້ນ-ຂະໜານ") == folded("ເສັ້ນ ຂະໜານ")


def test_columns_that_fill_late_are_looked_at(tmp_path):
    lines = ["Reference,Lat,Lon", *(f"R{n},," for n in range(3_000))]
    path = tmp_path / "late.csv"
    path.write_text("\n".join([*lines, "LAST,17.9650,102.6312", ""]))
    with Source(path) as source:
        told = source.telling()
        guessed = guess_mapping(source.info, told, AREAS)
    assert guessed.geometry.kind == "lonlat"
    assert told.rows[:2] == [2, 3] and told.rows[-1] == 3_002
    assert len(told) == 201 and told.progress == 1


def test_columns_that_come_up_late_are_known(tmp_path):
    rows = [{"Reference": f"R{n}"} for n in range(2_500)]
    rows.append({"Reference": "LAST", "Depth_cm": 30})
    features = [
        {
            "type": "Feature",
            "properties": said,
            "geometry": said.get("Depth_cm")
            and {"type": "Point", "coordinates": POINT},
        }
        for said in rows
    ]
    path = tmp_path / "late.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with Source(path) as source:
        told = source.telling()
        assert [column.name for column in source.info.columns] == [
            "Reference",
            "Depth_cm",
        ]
        assert guess_geometry(source.info, told, AREAS).kind == "source"
    assert told.columns["Depth_cm"][-1] == 30


def geojson(tmp_path, before="", after="", feature="", place=""):
    text = (
        f'{{"type": "FeatureCollection", {before}"features": [{{"type": "Feature", '
        f'"properties": {{"Reference": "A", "crs": "x"}}{feature}, "geometry": '
        f'{{"type": "Polygon", "coordinates": {SQUARE}{place}}}}}]{after}}}'
    )
    path = tmp_path / "a.geojson"
    path.write_text(text)
    return path


NAMED = '"crs": {"type": "name", "properties": {"name": "EPSG:4284"}}'
URN = '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4284"}}'
LINK = (
    '"crs": {"type": "link", "properties": '
    '{"href": "http://spatialreference.org/ref/epsg/4284/ogcwkt/"}}'
)


@pytest.mark.parametrize(
    "where",
    [
        {"before": f"{NAMED}, "},
        {"before": f"{URN}, "},
        {"before": f"{LINK}, "},
        {"after": f", {NAMED}"},
        {"after": f', "name": "areas", {LINK}, "count": 1'},
    ],
)
def test_a_system_is_taken_wherever_the_file_names_it(tmp_path, where):
    with Source(geojson(tmp_path, **where)) as source:
        assert source.info.crs == "EPSG:4284"
        shape = shapely.from_wkb(source.sample().geometry[0])
    assert shape.bounds[0] == pytest.approx(103, abs=1e-2) and shape.bounds[0] != 103


@pytest.mark.parametrize("where", ["feature", "place"])
def test_a_feature_with_another_system_is_a_fault(tmp_path, where):
    with Source(geojson(tmp_path, **{where: f", {NAMED}"})) as source:
        batch = source.sample()
    assert batch.geometry[0] is None
    (fault,) = batch.faults
    assert "EPSG:4284" in fault.message and fault.level == "error"


@pytest.mark.parametrize("where", ["feature", "place"])
def test_a_feature_that_names_the_system_of_the_file_is_read(tmp_path, where):
    said = {"before": f"{NAMED}, ", where: f", {LINK}"}
    with Source(geojson(tmp_path, **said)) as source:
        batch = source.sample()
    assert not batch.faults and batch.geometry[0] is not None


def test_a_system_that_nobody_knows_is_asked_for(tmp_path):
    other = '"crs": {"type": "link", "properties": {"href": "local.prj"}}, '
    with pytest.raises(UnknownCrs, match="local.prj"):
        Source(geojson(tmp_path, before=other))


def test_a_system_named_within_a_feature_is_not_that_of_the_file(tmp_path):
    with Source(geojson(tmp_path)) as source:
        assert source.info.crs == "EPSG:4326"


NAME = TargetField("reference", "Reference", required=True, is_name=True)
TEXT = TargetField("name", "Name")


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        (NAME, 77.0, "77"),
        (NAME, 77, "77"),
        (NAME, 77.5, "77.5"),
        (NAME, "77.0", "77"),
        (NAME, "77.10", "77.10"),
        (NAME, "\u200eRT1\u200b", "RT1"),
        (NAME, "RT\u00ad-\u20601\ufeff", "RT-1"),
        (TEXT, " \u200fa\u200bb \ufeff", "a\u200bb"),
        (TEXT, float("nan"), None),
        (NAME, float("inf"), "inf"),
        (TEXT, "NaN", None),
    ],
)
def test_text_is_what_people_see(field, cell, value):
    (read,), _faults = convert_column([cell], [2], field, FieldMapping("c"))
    assert read == value


def test_nan_in_a_feature_is_empty_and_infinity_is_not(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": '
        '{"a": NaN, "b": -Infinity}, "geometry": null}]}'
    )
    with Source(path) as source:
        columns = source.sample().columns
    depth = TargetField("depth", "Depth", "number")
    (read,), faults = convert_column(columns["a"], [1], depth, FieldMapping("a"))
    assert read is None and not faults
    _read, faults = convert_column(columns["b"], [1], depth, FieldMapping("b"))
    assert [fault.code for fault in faults] == ["number"]


def kml(name, lon):
    return (
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>'
        f"<name>{name}</name><Point><coordinates>{lon},17</coordinates></Point>"
        "</Placemark></Document></kml>"
    )


def test_every_document_of_a_kmz_is_read(tmp_path):
    path = tmp_path / "a.kmz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("files/second.kml", kml("B", 104))
        archive.writestr("doc.kml", kml("A", 103))
    with Source(path) as source:
        batch = source.sample()
        notes = [note_text(*note) for note in source.info.notes]
    assert batch.columns["name"] == ["A", "B"] and batch.rows == [1, 2]
    assert batch.columns["folder"] == ["doc.kml", "files/second.kml"]
    assert any("files/second.kml" in note for note in notes)


def geopackage(tmp_path):
    """Return a GeoPackage in WAL mode whose second row stands beside it only."""
    import pyogrio.raw

    path = tmp_path / "a.gpkg"
    shape = shapely.to_wkb([shapely.Point(*POINT)])
    pyogrio.raw.write(
        path,
        geometry=shape,
        field_data=[np.array([1])],
        fields=["number"],
        geometry_type="Point",
        crs="EPSG:4326",
        driver="GPKG",
        layer="areas",
    )
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA journal_mode=WAL")
    held = sqlite3.connect(path)
    held.execute("PRAGMA wal_autocheckpoint=0")
    held.execute("DROP TRIGGER IF EXISTS rtree_areas_geom_insert")
    held.execute("INSERT INTO areas (geom, number) SELECT geom, 2 FROM areas")
    held.commit()
    return path, held


def test_edits_beside_a_geopackage_are_spoken_of_and_read_from_a_zip(tmp_path):
    path, held = geopackage(tmp_path)
    alone, both = tmp_path / "alone.gpkg", tmp_path / "both.zip"
    alone.write_bytes(path.read_bytes())
    with zipfile.ZipFile(both, "w") as archive:
        archive.write(path, "a.gpkg")
        archive.write(f"{path}-wal", "a.gpkg-wal")
    held.close()
    with Source(alone) as source:
        assert [code for code, _values in source.info.notes] == ["wal"]
    with Source(both) as source:
        assert source.sample().columns["number"] == [1, 2]
        assert [code for code, _values in source.info.notes] == ["wal-read"]


def test_other_layers_are_named(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    for name in ("first", "current"):
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        sheet.append(["a", "b"])
        sheet.append([1, 2])
    del book["Sheet"]
    book.save(tmp_path / "a.xlsx")
    with Source(tmp_path / "a.xlsx") as source:
        ((code, values),) = source.info.notes
    assert code == "other-layers" and values["names"] == "current"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("ПОЛЕ У ДОРОГИ", "cp1251"),
        ("ПОЛЕ У ДОРОГИ И ЛЕСА", "koi8-r"),
        ("Champ près de la forêt", "cp1252"),
        ("São João número três", "cp1252"),
        ("Поле", "utf-16-le"),
        ("Поле у дороги", "utf-16-be"),
    ],
)
def test_text_in_old_encodings_is_right(tmp_path, text, encoding):
    path = tmp_path / "a.csv"
    lines = f'Reference;Name;Place\nA1;{text};"POINT (103 17)"\n'
    path.write_bytes(lines.encode(encoding))
    with Source(path) as source:
        assert source.sample().columns["Name"] == [text]


def test_a_column_that_fills_a_field_names_no_system():
    """The zone of a box beside its outline in degrees, as our own workbook has both."""
    label = "UTM zone (EPSG code)"
    zone = TargetField("zone", label, "integer")
    boxes = Target("boxes", "Boxes", (zone,), "optional", LAOS)
    outline = "POLYGON ((103 17, 103.001 17, 103.001 17.001, 103 17))"
    kind, found, read = places({"geometry_wkt": [outline], label: ["32648"]}, boxes)
    assert (kind, read.faults) == ("wkt", [])
    assert found[0].bounds == (103, 17, 103.001, 17.001)
