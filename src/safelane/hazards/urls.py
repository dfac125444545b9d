from django.urls import path
from django.views.generic import RedirectView

from safelane.core.pages.reports import report_pages
from safelane.core.pages.review import review_pages
from safelane.hazards.views import overlaps, record, register, reports, sheet

app_name = "hazards"
# Addresses of version 0.1, kept in people's bookmarks and in the links of old jobs.
MOVED = {
    "import/": "imports",
    "import/<uuid:uid>/": "import-run",
    "import/<uuid:uid>/faults.geojson": "import-faults",
    "import/<uuid:uid>/report.csv": "import-report",
    "export/": "exports",
}
urlpatterns = [
    path("", register.register, name="register"),
    path("overlaps/", overlaps.overlap_map, name="overlaps"),
    *review_pages(reports.PAGES),
    path("outline/", reports.check, name="outline-check"),
    *report_pages(reports.PAGES),
    *(
        path(
            old,
            RedirectView.as_view(pattern_name=f"exchange:{new}", query_string=True),
            name=f"moved-{new}",
        )
        for old, new in MOVED.items()
    ),
    path("<uuid:uid>/", record.detail, name="detail"),
    path("<uuid:uid>/sheet.pdf", sheet.area_sheet, name="sheet"),
]
