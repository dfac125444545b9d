from django.urls import path
from django.views.generic import RedirectView

from safelane.hazards.views import (
    geometry,
    overlaps,
    record,
    register,
    reports,
    review,
)

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
    path("review/", review.queue, name="review"),
    path("review/pass-on/", review.pass_on, name="review-pass-on"),
    path("outline/", geometry.check, name="outline-check"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/new/", reports.report_new, name="report-new"),
    path("reports/<uuid:uid>/", reports.report_detail, name="report"),
    path("reports/<uuid:uid>/edit/", reports.report_edit, name="report-edit"),
    path(
        "reports/<uuid:uid>/step/<slug:name>/", reports.report_step, name="report-step"
    ),
    *(
        path(
            old,
            RedirectView.as_view(pattern_name=f"exchange:{new}", query_string=True),
            name=f"moved-{new}",
        )
        for old, new in MOVED.items()
    ),
    path("<uuid:uid>/", record.detail, name="detail"),
]
