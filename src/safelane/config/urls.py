"""Where everything is: each part brings its own urls."""

from __future__ import annotations

from django.urls import include, path

from safelane.config.api import api
from safelane.core.domain import house
from safelane.core.health.report import health
from safelane.core.ogc.views import landing

# Programs ask often and addresses are tried in order: theirs come first.
urlpatterns = [
    path("ogc/", include("safelane.core.ogc.urls")),
    path("ogc", landing, name="ogc"),  # a redirect would end there for QGIS
    path("tiles/", include("safelane.core.tiles.urls")),
    path("api/v1/", api.urls),
    path("", include("safelane.core.ui.urls")),
    path("health", health, name="health"),
    path("account/", include("safelane.organisations.signin.urls")),
    *(path(part.prefix, include(part.urls)) for part in house().parts if part.urls),
]
handler400 = "safelane.core.ui.errors.bad_request"
handler403 = "safelane.core.ui.errors.forbidden"
handler404 = "safelane.core.ui.errors.not_found"
handler500 = "safelane.core.ui.errors.server_error"
