"""Pages on accidents."""

from __future__ import annotations

from django.urls import path

from safelane.accidents.views import accidents, reports

app_name = "accidents"
urlpatterns = [
    path("", accidents.accident_list, name="list"),
    path("statistics/", accidents.statistics, name="statistics"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/new/", reports.report_new, name="report-new"),
    path("reports/<uuid:uid>/", reports.report_detail, name="report"),
    path("reports/<uuid:uid>/edit/", reports.report_edit, name="report-edit"),
    path("reports/<uuid:uid>/<slug:step>/", reports.report_move, name="report-move"),
    path("victims/<uuid:uid>/", accidents.victim_reveal, name="victim"),
    path("<uuid:uid>/", accidents.accident_detail, name="detail"),
]
