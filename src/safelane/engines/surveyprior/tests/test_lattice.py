import numpy as np
import pytest
from shapely.geometry import LineString, box

from ..lattice import cover, quartic_weights, which_area
from .toy import EPSG, X0, Y0


@pytest.fixture
def lattice():
    """Return 40 x 20 cells of 500 m in two districts, with 20 km around them."""
    west = box(X0, Y0, X0 + 10_000, Y0 + 10_000)
    east = box(X0 + 10_000, Y0, X0 + 20_000, Y0 + 10_000)
    return cover([west, east], EPSG, 500.0, 5000.0)


def at(lattice, values, east, north):
    index = lattice.flat_index(np.array([[X0 + east, Y0 + north]]))
    return values[np.searchsorted(lattice.inside, index[0])]


def test_cells_belong_to_the_district_that_holds_their_centre(lattice):
    assert (lattice.rows, lattice.columns) == (20, 40)
    assert (lattice.labels[:, :20] == 0).all() and (lattice.labels[:, 20:] == 1).all()


def test_points_are_counted_in_their_cell(lattice):
    points = np.array([[X0 + 250, Y0 + 250], [X0 + 499, Y0 + 1], [X0 - 1, Y0 + 1]])
    counts = lattice.count(points, np.array([1.0, 2.0, 4.0]))
    assert counts[0, 0] == 3 and counts.sum() == 3


@pytest.mark.parametrize("kernel", ["gaussian", "quartic"])
def test_smoothing_far_from_the_border_keeps_the_count(lattice, kernel):
    counts = lattice.count(np.array([[X0 + 10_250, Y0 + 5_250]]))
    density = lattice.density(counts, kernel, 1000.0)
    assert density.sum() * 0.25 == pytest.approx(1.0, rel=1e-3)


def test_a_gaussian_has_its_textbook_peak(lattice):
    counts = lattice.count(np.array([[X0 + 10_250, Y0 + 5_250]]))
    density = lattice.density(counts, "gaussian", 1000.0)
    peak = at(lattice, density, 10_250, 5_250)
    assert peak == pytest.approx(1 / (2 * np.pi), rel=0.02)
    ratio = at(lattice, density, 11_250, 5_250) / peak
    assert ratio == pytest.approx(np.exp(-0.5), rel=0.02)


def test_an_even_density_stays_even_up_to_the_border(lattice):
    even = np.ones((20, 40))
    density = lattice.density(even, "gaussian", 2500.0)
    assert density == pytest.approx(4.0)


def test_quartic_weights_end_at_the_bandwidth():
    weights = quartic_weights(2.0)
    assert weights.sum() == pytest.approx(1.0)
    assert weights[2, 0] == 0 and weights[2, 1] == pytest.approx(
        weights[2, 2] * (1 - 0.25) ** 2
    )


def test_distance_to_a_line_is_the_metres_across(lattice):
    line = LineString([(X0 + 250, Y0), (X0 + 250, Y0 + 10_000)])
    metres = lattice.distances([line])
    assert at(lattice, metres, 5_250, 5_250) == pytest.approx(5000, abs=5)


def test_points_outside_every_area_are_told():
    areas = [box(0, 0, 1, 1), box(1, 0, 2, 1)]
    lon, lat = np.array([0.5, 1.0, 1.5, 9.0]), np.array([0.5, 0.5, 0.5, 0.5])
    assert which_area(areas, lon, lat).tolist() == [0, 0, 1, -1]
