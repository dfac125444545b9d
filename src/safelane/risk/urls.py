"""Pages of survey priors, under ``priorities/``."""

from __future__ import annotations

from django.urls import path

from safelane.risk import views

app_name = "risk"
urlpatterns = [
    path("", views.prior_list, name="list"),
    path("<uuid:uid>/", views.prior_detail, name="prior"),
    path("<uuid:uid>/map.geojson", views.prior_map, name="map"),
    path("<uuid:uid>/weights/", views.prior_reweigh, name="reweigh"),
    path("<uuid:uid>/survey-first.csv", views.prior_csv, name="csv"),
    path("<uuid:uid>/survey-first.geojson", views.prior_geojson, name="geojson"),
    path("<uuid:uid>/survey-first.pdf", views.prior_pdf, name="pdf"),
]
