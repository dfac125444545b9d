import pytest
import shapely
from shapely.geometry import box

from ..lattice import cover
from ..units import survey_units, unit_code, zone_name
from .toy import EPSG, X0, Y0


def test_names_are_kilometres_of_the_south_west_corner():
    assert unit_code("LA", "48N", 245_000, 2_150_000) == "LA-48N-0245-2150"


def test_a_utm_zone_has_a_name_and_another_crs_has_not():
    assert zone_name(32648) == "48N" and zone_name(32638) == "38N"
    with pytest.raises(ValueError, match="not a UTM zone"):
        zone_name(3857)


def test_units_fill_the_land_and_are_cut_at_its_border():
    land = box(X0 + 2_000, Y0 + 1_000, X0 + 9_000, Y0 + 10_000)
    units = survey_units(cover([land], EPSG, 500.0, 5000.0), "TY", 5000.0, land)
    assert units.codes == [
        "TY-48N-0500-2000",
        "TY-48N-0505-2000",
        "TY-48N-0500-2005",
        "TY-48N-0505-2005",
    ]
    areas = [round(shape.area / 1e6, 3) for shape in units.metric]
    assert areas == [12.0, 16.0, 15.0, 20.0]
    assert shapely.union_all(units.metric).equals_exact(land, 1e-6) or (
        shapely.union_all(units.metric).symmetric_difference(land).area < 1
    )


def test_the_same_square_keeps_its_name_when_the_country_grows():
    small = box(X0 + 6_000, Y0 + 6_000, X0 + 9_000, Y0 + 9_000)
    large = box(X0 - 50_000, Y0 - 50_000, X0 + 50_000, Y0 + 50_000)
    one = survey_units(cover([small], EPSG, 500.0, 5000.0), "TY", 5000.0, small)
    many = survey_units(cover([large], EPSG, 500.0, 5000.0), "TY", 5000.0, large)
    assert one.codes == ["TY-48N-0505-2005"] and one.codes[0] in many.codes


def test_a_unit_belongs_to_the_district_with_most_of_it():
    west = box(X0, Y0, X0 + 1_000, Y0 + 5_000)
    east = box(X0 + 1_000, Y0, X0 + 5_000, Y0 + 5_000)
    lattice = cover([west, east], EPSG, 500.0, 5000.0)
    units = survey_units(lattice, "TY", 5000.0, shapely.union_all([west, east]))
    assert units.district.tolist() == [1]
