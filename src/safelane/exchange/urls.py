"""Pages of import and export."""

from __future__ import annotations

from django.urls import path

from safelane.exchange import pages

app_name = "exchange"
urlpatterns = [
    path("import/", pages.import_list, name="imports"),
    path("import/<uuid:uid>/", pages.import_run, name="import-run"),
    path("import/<uuid:uid>/faults.geojson", pages.import_faults, name="import-faults"),
    path("import/<uuid:uid>/report.csv", pages.import_report, name="import-report"),
    path("export/", pages.export_page, name="exports"),
]
