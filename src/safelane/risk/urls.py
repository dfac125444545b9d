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
    *(
        path(f"<uuid:uid>/survey-first.{form}", views.prior_file, {"form": form}, form)
        for form in views.MEDIA_TYPES
    ),
]
