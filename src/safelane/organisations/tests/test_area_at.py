"""In which admin area a place lies."""

import numpy as np
import shapely

from safelane.organisations.queries import AreaFinder, area_at
from safelane.organisations.testing import CORNERS, STEP


def test_a_border_belongs_to_one_area_however_many_points_are_asked(cast):
    """To the one registered first, of the deepest level."""
    laos, (west, south) = cast.countries["laos"], CORNERS["laos"]
    points = [
        shapely.Point(west + STEP, south + STEP / 2),
        shapely.Point(west + STEP / 2, south + STEP),
        shapely.Point(west + STEP * 1.5, south + STEP / 2),
        shapely.Point(west - STEP, south),
    ]
    found = [area_at(laos, point) for point in points]
    codes = [area and area.code for area in found]
    assert codes == ["laos-100", "laos-100", "laos-110", None]
    keys = [area and area.pk for area in found]
    assert AreaFinder(laos).at(np.array(points)) == keys
