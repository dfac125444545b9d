"""The sheet of a record: corners, scale, and what a rough place may show."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from shapely.geometry import MultiPolygon, Point, Polygon, box

from safelane.core.pdf import sheet as sheets
from safelane.core.pdf.sheet import Sheet, SheetTable, corner_tables, framed, map_svg

# About 111 m by 105 m near the equator's side of Laos.
SQUARE = Polygon([(103, 19), (103.001, 19), (103.001, 19.001), (103, 19.001)])
HOLE = Polygon(
    SQUARE.exterior.coords, [box(103.0002, 19.0002, 103.0004, 19.0004).exterior.coords]
)


def text_of(pdf: bytes, tmp_path: Path) -> str:
    file = tmp_path / "sheet.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True
    )
    return done.stdout.decode("utf-8")


def sheet_of(**more) -> Sheet:
    said = {
        "title": "LA-1",
        "subtitle": "CHA",
        "made": "Tester",
        "address": "https://x.org/1",
    }
    return Sheet(**said | more)


def test_corners_lead_round_and_back_on_the_ellipsoid() -> None:
    (table,) = corner_tables(SQUARE)
    first, second, third, last = table.rows
    assert first == ["1", "19.000000", "103.000000", "2", "90.0°", "105.3 m"]
    assert second[3:] == ["3", "0.0°", "110.7 m"]
    assert third[3:] == ["4", "270.0°", "105.3 m"]
    assert last[3:] == ["1", "180.0°", "110.7 m"]  # back to the first


@pytest.mark.parametrize(
    ("shape", "count"),
    [
        (None, 0),
        (Point(103, 19), 1),
        (HOLE, 8),
        (MultiPolygon([SQUARE, box(103.01, 19, 103.02, 19.01)]), 8),
    ],
)
def test_every_ring_is_listed(shape, count) -> None:
    rows = [row for table in corner_tables(shape) for row in table.rows]
    assert [row[0] for row in rows] == [str(n + 1) for n in range(count)]
    if count == 1:
        assert rows[0] == ["1", "19.000000", "103.000000"]


def test_each_part_and_hole_has_a_table_that_leads_back_to_its_own_first() -> None:
    parts = MultiPolygon([HOLE, box(103.01, 19, 103.02, 19.01)])
    tables = corner_tables(parts)
    named = [table.title.partition(" · ")[2] for table in tables]
    assert named == ["part 1", "part 1, hole 1", "part 2"]
    ends = [(t.rows[0][0], t.rows[-1][0], t.rows[-1][3]) for t in tables]
    assert ends == [("1", "4", "1"), ("5", "8", "5"), ("9", "12", "9")]


@pytest.mark.parametrize(
    ("north", "across_m", "beyond"),
    [(19.0005, 126, 0), (19.0041, 545, 0), (19.05, 126, 1)],
)
def test_the_map_holds_every_find_or_says_how_many_it_does_not(
    north, across_m, beyond, tmp_path
) -> None:
    find = Point(103.0005, north)
    svg = map_svg(SQUARE, [find])
    shown = [(float(x), float(y)) for x, y in re.findall(r'cx="(.+?)" cy="(.+?)"', svg)]
    assert len(shown) == 1 - beyond
    assert all(0 < at < 320 for place in shown for at in place)
    west, _south, east, _north = framed(SQUARE, [find]).bounds
    assert east - west == pytest.approx(across_m * 1.05, rel=0.06)
    table = SheetTable("Finds", ("K",), [["x"]], marks=[find])
    text = text_of(sheet_of(shape=SQUARE, tables=[table]).as_pdf(), tmp_path)
    assert ("1 find lies too far off" in text) is bool(beyond)


def test_the_note_under_a_map_names_only_what_is_on_it(tmp_path) -> None:
    area = text_of(sheet_of(shape=SQUARE).as_pdf(), tmp_path)
    assert "North is up" in area and "what was found" not in area
    point = text_of(sheet_of(shape=Point(103, 19)).as_pdf(), tmp_path)
    assert "Red point" in point and "To corner" not in point


def test_the_bar_has_the_length_that_it_says() -> None:
    svg = map_svg(SQUARE)
    bar, told = (
        re.search(r'd="M8.0 [\d.]+V([\d.]+)H([\d.]+)', svg),
        re.search(r">(\d+) m<", svg),
    )
    long = float(bar[2]) - 8
    sides = [float(n) for n in re.findall(r"[ML]([\d.]+) ", svg.split('d="')[1])]
    # The square is 105.3 m wide.
    assert int(told[1]) == pytest.approx(
        long / (max(sides) - min(sides)) * 105.3, rel=0.01
    )


def test_a_point_has_a_map_of_200_metres_at_least() -> None:
    svg = map_svg(Point(103, 19))
    assert "<circle" in svg and ">50 m<" in svg


def test_what_is_rough_shows_neither_corner_nor_find() -> None:
    exact = map_svg(SQUARE, [Point(103.0005, 19.0005)], numbered=True)
    rough = map_svg(SQUARE, numbered=True, rough=True)
    assert exact.count("<circle") == 1 and ">4</text>" in exact
    assert "<circle" not in rough and ">4</text>" not in rough and "dasharray" in rough


def test_a_sheet_holds_what_it_was_given(tmp_path) -> None:
    tables = (
        SheetTable("Evidence", ("Kind", "Count"), [["ລະເບີດ", "3"]]),
        SheetTable("Finds", ("Kind",), [], "None is open to you."),
    )
    made = sheet_of(
        notices=["Mind the gap"],
        facts=[("Name", "ບ້ານ"), ("Land use", "Rice")],
        shape=SQUARE,
        tables=tables,
    ).as_pdf()
    text = text_of(made, tmp_path)
    for said in (
        "LA-1",
        "Mind the gap",
        "Land use",
        "Rice",
        "Tester",
        "19.001000",
        "105.3 m",
        "None is open",
    ):
        assert said in text


def test_a_word_longer_than_a_line_is_broken_and_not_cut(tmp_path) -> None:
    long = "".join(f"{number:03d}" for number in range(70))
    made = sheet_of(facts=[("Comment", long)], shape=SQUARE).as_pdf()
    file = tmp_path / "long.pdf"
    file.write_bytes(made)
    done = subprocess.run(
        ["pdftotext", "-bbox", str(file), "-"], capture_output=True, check=True
    )
    edges = re.findall(r'xMax="([\d.]+)"', done.stdout.decode("utf-8"))
    assert max(map(float, edges)) < 595 - 40  # A4, less its margin
    told = re.sub(r"[\s\u200b]", "", text_of(made, tmp_path))
    assert "067068069" in told


def test_a_rough_sheet_lists_no_corner(tmp_path) -> None:
    text = text_of(
        sheet_of(
            shape=SQUARE,
            is_exact=False,
            tables=[SheetTable("F", ("K",), [["x"]], marks=[Point(103, 19)])],
        ).as_pdf(),
        tmp_path,
    )
    assert "19.00" not in text and "Somewhere within" in text


@pytest.mark.parametrize("most", [3, 4])
def test_too_many_corners_are_said_and_not_cut(most, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(sheets, "MOST_CORNERS", most)
    text = text_of(sheet_of(shape=SQUARE).as_pdf(), tmp_path)
    assert ("4 corners" in text) is (most == 3)
    assert ("19.001000" in text) is (most == 4)


def test_without_a_place_there_is_no_map(tmp_path) -> None:
    text = text_of(sheet_of(facts=[("Name", "X")]).as_pdf(), tmp_path)
    assert "North is up" not in text and "Name" in text
