"""Pages of import and export, included by the hazards' urls."""

from __future__ import annotations

from django.urls import path

from safelane.hazards.exchange import exportviews, views

urlpatterns = [
    path("import/", views.import_list, name="imports"),
    path("import/<uuid:uid>/", views.import_run, name="import-run"),
    path("import/<uuid:uid>/faults.geojson", views.import_faults, name="import-faults"),
    path("import/<uuid:uid>/report.csv", views.import_report, name="import-report"),
    path("export/", exportviews.export_page, name="exports"),
]
