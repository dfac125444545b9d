from django.urls import include, path

from safelane.hazards.views import (
    bulk,
    geometry,
    overlaps,
    record,
    register,
    reports,
    review,
    saved,
)

app_name = "hazards"
urlpatterns = [
    path("", register.register, name="register"),
    path("features.geojson", register.features, name="features"),
    path("overlaps/", overlaps.overlap_map, name="overlaps"),
    path("views/", saved.save, name="view-save"),
    path("views/<int:pk>/delete/", saved.delete, name="view-delete"),
    path("review/", review.queue, name="review"),
    path("review/pass-on/", bulk.pass_on, name="review-pass-on"),
    path("outline/", geometry.check, name="outline-check"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/new/", reports.report_new, name="report-new"),
    path("reports/<uuid:uid>/", reports.report_detail, name="report"),
    path("reports/<uuid:uid>/edit/", reports.report_edit, name="report-edit"),
    path(
        "reports/<uuid:uid>/step/<slug:name>/", reports.report_step, name="report-step"
    ),
    path("", include("safelane.hazards.exchange.urls")),
    path("<uuid:uid>/", record.detail, name="detail"),
]
