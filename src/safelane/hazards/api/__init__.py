"""REST API of hazards: areas, their history and reports, finds and boxes."""

from ninja import Router

from safelane.hazards.api.areas import router as areas
from safelane.hazards.api.boxes import router as boxes
from safelane.hazards.api.finds import router as finds
from safelane.hazards.api.reports import router as reports

router = Router()
for part in (areas, reports, finds, boxes):
    router.add_router("", part)

__all__ = ["router"]
