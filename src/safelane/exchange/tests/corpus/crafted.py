"""Files made to do harm or to be misread, written by hand."""

from __future__ import annotations

import io
import zipfile

Crafted = list[tuple[str, str, bytes]]  # what it is, file name, content

_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">'
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><kml><Document><Placemark><name>&i;</name></Placemark></Document></kml>"
)
_OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<kml><Placemark><name>&x;</name></Placemark></kml>"
)


def zipped(*members: tuple[str, bytes]) -> bytes:
    """Return a zip of the members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def crafted_csv() -> Crafted:
    """Return CSV files that are wrong in their meaning rather than their bytes."""
    head = "id,lon,lat,date\n"
    return [
        ("empty", "a.csv", b""),
        ("only a header", "a.csv", head.encode()),
        ("only blank lines", "a.csv", b"\n\n\r\n"),
        ("open quote", "a.csv", (head + '1,"103,19\n' * 50).encode()),
        ("NaN and infinity", "a.csv", (head + "1,NaN,19,x\n2,103,inf,x\n").encode()),
        ("swapped axes", "a.csv", (head + "1,19.4,103.2,2020-01-01\n").encode()),
        ("metres as degrees", "a.csv", (head + "1,234567,2134567,x\n").encode()),
        ("two columns of a name", "a.csv", b"id,id,lon,lat\n1,2,103,19\n"),
        ("thousand columns", "a.csv", ",".join(f"c{i}" for i in range(2000)).encode()),
        ("huge cell", "a.csv", head.encode() + b'1,"' + b"x" * 3_000_000 + b'"\n'),
        ("formula", "a.csv", (head + '=cmd|"/c calc"!A1,103,19,x\n').encode()),
        ("UTF-16 cut in half", "a.csv", (head + "1,2,3,4\n").encode("utf-16")[:-3]),
        ("lonely surrogate", "a.csv", head.encode() + b"\xed\xa0\x80,1,2,3\n"),
        ("zip called csv", "a.csv", zipped(("b.txt", b"hello"))),
        ("deep WKT", "a.csv", ("id,wkt\n1," + "GEOMETRYCOLLECTION(" * 500).encode()),
        ("bad zone", "a.csv", b"id,zone,easting,northing\n1,99Z,1,2\n2,48N,x,y\n"),
    ]


def crafted_xlsx() -> Crafted:
    """Return zip files that pretend to be spreadsheets."""
    book = b"<workbook/>"
    sheet = b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
    bomb = zipped(("xl/workbook.xml", b" " * 80_000_000))
    return [
        ("empty", "a.xlsx", b""),
        ("not a zip", "a.xlsx", b"<html>Please sign in</html>"),
        ("old Excel", "a.xls", b"\xd0\xcf\x11\xe0" + bytes(600)),
        ("empty zip", "a.xlsx", zipped()),
        ("bare workbook", "a.xlsx", zipped(("xl/workbook.xml", book))),
        (
            "half a sheet",
            "a.xlsx",
            zipped(("xl/workbook.xml", book), ("xl/worksheets/sheet1.xml", sheet)),
        ),
        ("zip bomb", "a.xlsx", bomb),
        ("entities", "a.xlsx", zipped(("xl/workbook.xml", _BOMB.encode()))),
        ("leads outside", "a.xlsx", zipped(("../../xl/workbook.xml", book))),
        ("zip in zip", "a.zip", zipped(("b.zip", zipped(("c.csv", b"a,b\n1,2\n"))))),
    ]


def _collection(*features: str) -> bytes:
    return (
        '{"type":"FeatureCollection","features":[' + ",".join(features) + "]}"
    ).encode()


def _feature(geometry: str, properties: str = '{"id":1}') -> str:
    return f'{{"type":"Feature","geometry":{geometry},"properties":{properties}}}'


def crafted_geojson() -> Crafted:
    """Return JSON that is sound JSON and no sound GeoJSON, or the reverse."""
    ring = "[[103,19],[103.1,19],[103.1,19.1],[103,19]]"
    good = _feature(f'{{"type":"Polygon","coordinates":[{ring}]}}')
    shapes = {
        "NaN": '{"type":"Point","coordinates":[NaN,19]}',
        "infinite": '{"type":"Point","coordinates":[1e999,19]}',
        "swapped axes": '{"type":"Point","coordinates":[19,103]}',
        "metres": '{"type":"Point","coordinates":[234567,2134567]}',
        "open ring": '{"type":"Polygon","coordinates":[[[103,19],[104,19],[104,20]]]}',
        "no coordinates": '{"type":"Point"}',
        "text as coordinates": '{"type":"Point","coordinates":"103,19"}',
        "unknown type": '{"type":"Circle","coordinates":[103,19]}',
        "bow tie": '{"type":"Polygon","coordinates":'
        "[[[103,19],[104,20],[104,19],[103,20],[103,19]]]}",
        "number": "7",
        "list": "[1,2]",
        "mixed": '{"type":"GeometryCollection","geometries":'
        '[{"type":"Point","coordinates":[103,19]}]}',
        "too deep": '{"type":"Polygon","coordinates":' + "[" * 500 + "]" * 500 + "}",
    }
    return [
        ("empty", "a.geojson", b""),
        ("deep nesting", "a.geojson", b"[" * 200_000),
        ("deep object", "a.geojson", b'{"a":' * 100_000),
        ("null", "a.geojson", b"null"),
        ("text", "a.geojson", b'"hello"'),
        ("no features", "a.geojson", b'{"type":"FeatureCollection"}'),
        ("features no list", "a.geojson", b'{"type":"FeatureCollection","features":5}'),
        (
            "unknown CRS",
            "a.geojson",
            b'{"crs":{"type":"name","properties":{"name":"EPSG:999999"}},'
            + _collection(good)[1:],
        ),
        ("properties a list", "a.geojson", _collection(_feature("null", "[1]"), good)),
        ("features of many kinds", "a.geojson", _collection("1", "null", '"x"', good)),
        ("twice", "a.geojson", _collection(good) * 2),
        *(
            (name, "a.geojson", _collection(good, _feature(g)))
            for name, g in shapes.items()
        ),
    ]


def crafted_kml() -> Crafted:
    """Return XML with entities, wrong coordinates and other people's formats."""

    def mark(inner: str) -> bytes:
        return (
            f"<kml><Document><Placemark>{inner}</Placemark></Document></kml>".encode()
        )

    return [
        ("empty", "a.kml", b""),
        ("entity bomb", "a.kml", _BOMB.encode()),
        ("entity bomb in UTF-16", "a.kml", _BOMB.encode("utf-16")),
        ("reads a file", "a.kml", _OUTSIDE.encode()),
        ("other XML", "a.kml", b"<html><body>Not found</body></html>"),
        ("no placemarks", "a.kml", b"<kml><Document/></kml>"),
        ("deep nesting", "a.kml", b"<kml>" + b"<Folder>" * 50_000),
        ("no numbers", "a.kml", mark("<Point><coordinates>a,b</coordinates></Point>")),
        ("NaN", "a.kml", mark("<Point><coordinates>NaN,19</coordinates></Point>")),
        ("swapped", "a.kml", mark("<Point><coordinates>19,103</coordinates></Point>")),
        ("one number", "a.kml", mark("<Point><coordinates>103</coordinates></Point>")),
        ("no outer ring", "a.kml", mark("<Polygon/>")),
        ("track", "a.kml", mark("<Track/>")),
        (
            "two points",
            "a.kml",
            mark(
                "<Polygon><outerBoundaryIs><LinearRing><coordinates>1,2 3,4"
                "</coordinates></LinearRing></outerBoundaryIs></Polygon>"
            ),
        ),
        (
            "link",
            "a.kml",
            b"<kml><NetworkLink><Link><href>http://x</href></Link></NetworkLink></kml>",
        ),
    ]


def crafted_archives(suffix: str) -> Crafted:
    """Return zips that are dangerous whatever they are said to hold."""
    bomb = zipped((f"a{suffix}", b"\0" * 90_000_000))
    return [
        ("empty", "a.zip", b""),
        ("empty zip", "a.zip", zipped()),
        ("zip bomb", "a.zip", bomb),
        ("leads outside", "a.zip", zipped((f"../../a{suffix}", b"x"))),
        ("absolute path", "a.zip", zipped((f"/etc/a{suffix}", b"x"))),
        ("drive letter", "a.zip", zipped((f"C:\\a{suffix}", b"x"))),
        ("zip in zip", "a.zip", zipped(("b.zip", zipped((f"a{suffix}", b"x"))))),
        ("empty part", "a.zip", zipped((f"a{suffix}", b""))),
        (
            "many members",
            "a.zip",
            zipped(*((f"{i}{suffix}", b"") for i in range(6000))),
        ),
    ]


def crafted_gpkg() -> Crafted:
    """Return databases that are no GeoPackage."""
    return [
        ("empty", "a.gpkg", b""),
        ("only magic", "a.gpkg", b"SQLite format 3\x00"),
        ("magic and zeros", "a.gpkg", b"SQLite format 3\x00" + bytes(4080)),
        ("text", "a.gpkg", b"hello"),
        (
            "VRT in disguise",
            "a.gpkg",
            b'<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>',
        ),
    ]
