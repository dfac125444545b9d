"""Words, references and outlines mean what strangers write, or are asked about."""

from __future__ import annotations

from typing import Any

import pytest

from safelane.core.jobs.progress import Progress
from safelane.exchange.imports.runner import check_file
from safelane.exchange.models import ImportRun
from safelane.hazards.exchange.tests.conftest import feature
from safelane.hazards.exchange.tests.test_strange_tables import bring_in
from safelane.hazards.exchange.tests.test_which_column import table
from safelane.hazards.models import HazardousArea

pytestmark = pytest.mark.django_db(transaction=True)


def faults() -> dict[int, str]:
    run = ImportRun.objects.get()
    return dict(run.faults.filter(level="error").values_list("row", "code"))


def known(*names: str) -> list[Any]:
    flat = len(names) == 1
    return list(HazardousArea.objects.order_by("pk").values_list(*names, flat=flat))


def test_signs_around_a_status_and_slips_of_an_end_are_asked(field: Any) -> None:
    """What is no more than the word may have a full stop, or hyphens between words."""
    asked = ["(Closed)", "[Closed]", "Closed*", "-Closed", "Closed..", "=Closed"]
    asked += ["«Closed»", "✓ Closed", "cleaned", "Closd", "Handed owver"]
    plain = ["Closed.", "closed", "CLOSED ", "Handed-over", "Worked_on"]
    rows = (f"S{n};{word}" for n, word in enumerate([*asked, *plain]))
    _shown, report = bring_in(field, table("Reference;Status", *rows))
    assert faults() == {n + 2: "choice" for n in range(len(asked))}
    assert "“cleaned” is not in the list" in report
    assert known("status") == [*["closed"] * 3, "released", "worked_on"]


def test_lists_of_codes_come_in_as_programs_write_them(field: Any) -> None:
    lists = ["[uxo, axo]", "{uxo,axo}", "uxo axo", '"[""uxo"", ""axo""]"', "(uxo)"]
    rows = (f"L{n};{text}" for n, text in enumerate(lists))
    bring_in(field, table("Reference;Contamination", *rows))
    assert known("contamination") == [["uxo", "axo"]] * 4
    assert faults() == {6: "choice"}


def test_one_reference_in_two_spellings_is_one_area_or_asked_about(field: Any) -> None:
    """Hyphens of word processors and doubled spaces are one; other letters are not."""
    same = ["LA-1", "LA\u20111", "LA\u20131", "LA\u22121"]
    spaced = ["LA 2", "LA  2", "LA\u00a0 2"]
    alike = ["L\u0410-1", "\uff2c\uff21-1"]
    other = ["\u041b\u0410-1", "\u0ea5\u0eb2-A1"]
    days = (f"{day};19.43;103.21" for day in range(20230101, 20230128))
    rows = zip(days, [*same, *spaced, *alike, *other], strict=False)
    lines = [";".join(row) for row in rows]
    _shown, report = bring_in(field, "\n".join(["Date;Lat;Lon;Reference", *lines]))
    assert sorted(known("reference")) == ["LA 2", "LA-1", *other]
    assert faults() == {9: "look-alike", 10: "look-alike"}
    assert "“L\u0410-1” only looks like “LA-1”" in report
    warned = ImportRun.objects.get().faults.filter(code="two-scripts")
    assert [fault.row for fault in warned] == [9]


def test_a_reference_that_looks_like_one_of_the_register_is_asked_about(
    field: Any,
) -> None:
    bring_in(field, table("Reference", "\u0421\u0410-1"))
    ImportRun.objects.all().delete()
    bring_in(field, table("Reference", "CA-1", "CA-2").replace("-03-15", "-03-16"))
    assert faults() == {2: "look-alike"}
    assert known("reference") == ["\u0421\u0410-1", "CA-2"]


def test_whole_numbers_that_a_program_wrote_with_decimals_are_the_same(
    field: Any,
) -> None:
    """As pandas, R and Access do with a whole column, once a cell of it is empty."""
    rows = "Date;Lat;Lon;ID\n2023-01-0{day};19.43;103.21;77{end}\n"
    bring_in(field, rows.format(day=1, end=""))
    ImportRun.objects.all().delete()
    more = "2023-01-03;19.44;103.21;78.0\n;;;\n"
    bring_in(field, rows.format(day=2, end=".0") + more)
    assert known("reference") == ["77", "78"]
    ImportRun.objects.all().delete()
    rows += "2023-01-04;19.45;103.21;77.0\n2023-01-04;19.46;103.21;77.1\n"
    bring_in(field, rows.format(day=5, end=".10"))
    assert known("reference") == ["77", "78", "77.10", "77.0", "77.1"]


RING = "103.21 19.43,103.22 19.43,103.22 19.44,103.21 19.43"


@pytest.mark.parametrize(
    ("heading", "outline"),
    [
        ("Boundary", f"<Polygon><coordinates>{RING}</coordinates></Polygon>"),
        ("Polygon", RING.replace(",", ", ")),
        ("Geometry of area", f"[[{RING.replace(' ', ',')}]]"),
        ("ຂອບເຂດ", "N19.43 E103.21, N19.43 E103.22, N19.44 E103.22"),
    ],
)
def test_outlines_beside_points_that_are_not_read_are_named_in_red(
    field: Any, heading: str, outline: str
) -> None:
    heads = f"Reference;{heading};Shape__Length;Outline no"
    shown, _report = bring_in(field, table(heads, f"A;{outline};1234.56;7"))
    said = f"hold what looks like outlines and are not read: “{heading}”. The areas"
    assert said in shown and '<div class="alert alert-danger"' in shown
    assert HazardousArea.objects.get().geometry.geom_type == "Point"


@pytest.mark.parametrize(
    "outline",
    [
        f"CURVEPOLYGON(({RING}))",
        f"MULTISURFACE((({RING})))",
        f"GEOMETRYCOLLECTION(POLYGON(({RING})),POINT(103.21 19.43))",
    ],
)
def test_outlines_of_other_kinds_come_before_points(field: Any, outline: str) -> None:
    """What cannot be read of them keeps its row out, and is not a point instead."""
    shown, _report = bring_in(field, table("Reference;Outline", f"A;{outline}"))
    assert "“Outline” is proposed" in shown and "alert-danger" not in shown
    shapes = [shape.geom_type for shape in known("geometry")]
    assert shapes in ([], ["Polygon"]) and bool(shapes) is not bool(faults())


def test_words_for_nothing_are_no_faults_of_numbers_and_codes(field: Any) -> None:
    """In the languages that are served; a code that is called so stays what it is."""
    words = ["нет", "н/д", "N.A.", "unknown", "TBC", "не указано", "ບໍ່ມີ", "yoxdur"]
    words += ["ไม่ทราบ", "---", "Naməlum"]
    heads = "Reference;Status;Area (m2);Depth (cm);Contamination"
    rows = (f"W{n};{w};{w};{w};{w}" for n, w in enumerate(words))
    bring_in(field, table(heads, *rows, "X;?;?;?;?"))
    asked = {code for row, code in faults().items() if row == len(words) + 2}
    assert asked and {*faults()} == {len(words) + 2}
    assert known("status", "stated_area_m2", "depth_cm") == [("", None, None)] * 11
    codes = dict(zip(words, known("contamination"), strict=True))
    assert codes.pop("unknown") == codes.pop("Naməlum") == ["unknown"]
    assert not any(codes.values())


def test_errors_of_spreadsheets_are_no_names(field: Any) -> None:
    errors = ["#BEZUG!", "#WERT!", "#NOM?", "#DEĞER!", "Err:502", "#########"]
    errors += ["#REF!#REF!", "#ИМЯ?"]
    names = ["#12", "Error", "#Adam", "##"]
    rows = (f"E{n};{name}" for n, name in enumerate([*errors, *names]))
    bring_in(field, table("Reference;Name", *rows))
    assert faults() == {n + 2: "cell-error" for n in range(len(errors))}
    assert known("name") == names


@pytest.mark.parametrize(
    ("heads", "read", "left"),
    [
        ("Lat;Lon;Zone;Easting;Northing", "19.43;103.21;;;", ";;48N;259124;1987910"),
        ("Lat;Lon;MGRS", "19.43;103.21;", ";;48QTE5912487910"),
        (
            "Easting 47N;Northing 47N;Easting 48N;Northing 48N",
            "780000;2100000;;",
            ";;259124;1987910",
        ),
        ("WKT;Lat;Lon", "POINT(103.21 19.43);19.5;103.2", ";19.43;103.21"),
    ],
)
def test_a_position_that_stands_only_in_the_other_columns_is_a_fault(
    field: Any, heads: str, read: str, left: str
) -> None:
    nowhere = ";" * heads.count(";")
    rows = (f"R{n};2024-03-15;{row}\n" for n, row in enumerate([read, left, nowhere]))
    bring_in(field, "".join([f"Reference;Date;{heads}\n", *rows]))
    assert faults() == {3: "place-elsewhere"}
    assert sorted(known("reference")) == ["R0", "R2"]


def test_a_feature_without_a_shape_that_says_its_place_is_a_fault(
    begin: Any, field: Any
) -> None:
    place = {"latitude": 19.43, "longitude": 103.21}
    shaped = feature(1, **place)
    bare = feature(2, **place) | {"geometry": None}
    nowhere = feature(3) | {"geometry": None}
    run = begin(shaped, bare, nowhere, mode="skip")
    check_file(run, Progress(field.manager))
    assert faults() == {2: "place-elsewhere"}


@pytest.mark.parametrize(
    "heads",
    [
        "site-hazard_id;site-date;site-more-status;site-chief-name;KEY",
        "form.hazard_id;form.date;form.status;form.name;received",
        "1_Hazard_ID;2_Date;3_Status;4_Name;ec5_uuid",
    ],
)
def test_columns_of_forms_are_known_behind_their_group(field: Any, heads: str) -> None:
    bring_in(field, f"{heads}\nO1;2023-04-14;Open;Somchai;x\n")
    assert known("reference", "status", "name") == [("O1", "open", "")]


def test_a_word_behind_another_is_no_group(field: Any) -> None:
    bring_in(field, table("Reference;road-status;Team;Note", "A;Open;1;2"))
    assert known("status") == [""]
