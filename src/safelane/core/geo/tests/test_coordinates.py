import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from safelane.core.geo.entry.coordinates import format_point, parse_point
from safelane.core.geo.errors import InvalidCoordinates
from safelane.core.geo.measure import GEOD

LAOS = (100.0, 13.9, 107.7, 22.6)
AZERBAIJAN = (44.7, 38.3, 50.7, 41.95)
HERE = (103.2, 19.46)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("19.46, 103.2", "dd"),
        ("19.46 103.2", "dd"),
        ("19.46;103.2", "dd"),
        ("19.46,103.2", "dd"),
        ("19,46 103,2", "dd"),
        ("19,46; 103,2", "dd"),
        ("19,46, 103,2", "dd"),
        ("+19.46 / +103.2".replace("+", ""), "dd"),
        ("N19.46 E103.2", "dd"),
        ("E 103.2, N 19.46", "dd"),
        ("103.2E 19.46N", "dd"),
        ("19.46°N, 103.2°E", "dd"),
        ("19,46°N 103,2°E", "dd"),
        ("19° 27.6' N 103° 12' E", "dm"),
        ("19°27,6′N 103°12,0′E", "dm"),
        ("N 19 27.6 E 103 12.0", "dm"),
        ("19°27'36\"N 103°12'00\"E", "dms"),
        ("19º27’36”N, 103º12’00”E", "dms"),
        ("19 27 36 N 103 12 00 E", "dms"),
        ("19 27 36 103 12 0", "dms"),
        ("19 27 36, 103 12 0", "dms"),
        ("19:27:36 N 103:12:00 E", "dms"),
        ("19d27m36sN 103d12m00sE".replace("s", '"').replace("m", "'"), "dms"),
        ("19deg 27min 36sec N, 103deg 12min 0sec E", "dms"),
        ("19°27'36\" 103°12'", "dms"),
        ("19°27'36\"С 103°12'00\"В", "dms"),
        ("19,46 с.ш. 103,2 в.д.", "dd"),
        ("19,46 şimal 103,2 şərq", "dd"),
        ("໑໙.໔໖ ໑໐໓.໒", "dd"),
        ("19.46 ເໜືອ 103.2 ຕາເວັນອອກ", "dd"),
        ("19.46 north 103.2 east", "dd"),
    ],
)
def test_spellings_of_one_place(text, form):
    point = parse_point(text)
    assert (point.lon, point.lat) == pytest.approx(HERE, abs=1e-9)
    assert (point.format, point.crs, point.text) == (form, "EPSG:4326", text)


@pytest.mark.parametrize(
    "text", ["-33.5, -70.25", "33.5S 70.25W", "S33°30' W70°15'", "33 30 S 70 15 W"]
)
def test_south_and_west(text):
    point = parse_point(text)
    assert (point.lon, point.lat) == pytest.approx((-70.25, -33.5))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Type"),
        ("   ", "Type"),
        ("Phonsavan", "not understood"),
        ("19.46", "numbers"),
        ("19,46", "space"),
        ("19,46,103,2", "space"),
        ("1 2 3", "numbers"),
        ("1 2 3 4 5 6 7", "numbers"),
        ("103.2, 19.46", "swapped"),
        ("103.2N 19.46E", "swapped"),
        ("212345, 2145678", "UTM zone"),
        ("95.5, 190", "out of range"),
        ("19 60 0 N 103 0 0 E", "below 60"),
        ("19.5 27 N 103 12 E", "last number"),
        ("19N 103", "N, S"),
        ("19N 103N", "N, S"),
        ("-19.46S 103.2E", "minus"),
        ("19.46 103.2 <script>", "not understood"),
        ("48Q 2123 2145678", "UTM metres"),
        ("61Q 212345 2145678", "zone"),
        ("48Q 212345 5145678", "band"),
        ("48I 212345 2145678", "band"),
        ("48QUF123", "same number"),
        ("48QZZ1234512345", "no MGRS square"),
        ("38S 500000 4400000", "southern"),
    ],
)
def test_unclear_input_is_refused_with_advice(text, says):
    with pytest.raises(InvalidCoordinates, match=says):
        parse_point(text)


def test_country_bounds_find_swapped_numbers():
    assert parse_point("39.6, 47.2", bounds=AZERBAIJAN).lon == 47.2
    with pytest.raises(InvalidCoordinates, match="other way round"):
        parse_point("47.2, 39.6", bounds=AZERBAIJAN)


@pytest.mark.parametrize(
    "text",
    [
        "48Q 311000 2152000",
        "48N 311000 2152000",
        "UTM 48 Q 311000mE 2152000mN",
        "48q 311000,0 2152000,0",
        "48 north 311000 2152000",
    ],
)
def test_utm_spellings(text):
    point = parse_point(text)
    assert (point.lon, point.lat) == pytest.approx((103.199571, 19.453530), abs=1e-6)
    assert (point.format, point.crs) == ("utm", "EPSG:32648")


def test_zone_letter_s_is_settled_by_the_country_or_by_words():
    band = parse_point("38S 500000 4400000", bounds=AZERBAIJAN)
    assert band.lat == pytest.approx(39.75, abs=0.01)
    assert parse_point("38 north 500000 4400000").lat == pytest.approx(band.lat)
    assert parse_point("38 south 500000 4400000").lat < 0
    assert parse_point("36S 500000 6350000").lat < 0


@pytest.mark.parametrize("text", ["48QUG1100052000", "48Q UG 11000 52000"])
def test_mgrs_gives_the_middle_of_its_square(text):
    point = parse_point(text)
    assert point.format == "mgrs"
    assert format_point(point.lon, point.lat, "mgrs") == "48QUG 11000 52000"


def test_format_can_be_demanded():
    assert parse_point("19°27'N 103°12'E", "dd").format == "dm"
    with pytest.raises(InvalidCoordinates, match="MGRS"):
        parse_point("19.46, 103.2", "mgrs")


def test_other_systems_are_transformed_and_kept():
    point = parse_point("19.46, 103.2", crs="EPSG:4240")
    assert point.crs == "EPSG:4240"
    shift = GEOD.inv(point.lon, point.lat, *HERE)[2]
    assert 50 < shift < 1_500
    grid = parse_point("8517000 4386000", crs="EPSG:28408")
    assert (grid.format, round(grid.lat), round(grid.lon)) == ("grid", 40, 45)
    with pytest.raises(InvalidCoordinates, match="coordinate system"):
        parse_point("1 2", crs="EPSG:999999")


@pytest.mark.parametrize(
    ("form", "metres"),
    [("dd", 0.1), ("dm", 0.2), ("dms", 0.3), ("utm", 0.1), ("mgrs", 1.0)],
)
@settings(max_examples=150, deadline=None)
@given(lon=st.floats(-179.9, 179.9), lat=st.floats(-79.9, 83.9))
def test_what_is_written_is_read_back(form, metres, lon, lat):
    assume(form not in ("mgrs", "utm") or abs(lat) > 0.01)
    text = format_point(lon, lat, form)
    point = parse_point(text)
    assert GEOD.inv(lon, lat, point.lon, point.lat)[2] <= metres
    again = parse_point(format_point(point.lon, point.lat, form))
    # In metres: towards the poles a metre is many hundred-thousandths of a degree.
    assert GEOD.inv(again.lon, again.lat, point.lon, point.lat)[2] <= metres


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        point = parse_point(text)
    except InvalidCoordinates:
        return
    assert -180 <= point.lon <= 180 and -90 <= point.lat <= 90


def test_unknown_format_name():
    with pytest.raises(InvalidCoordinates, match="what3"):
        format_point(1, 1, "what3")
