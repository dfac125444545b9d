from django.urls import include, path

from safelane.core.ui.basemap import basemap_file
from safelane.core.ui.views import home

urlpatterns = [
    path("", home, name="home"),
    path("basemap.pmtiles", basemap_file, name="basemap"),
    path("", include("safelane.core.i18n.urls")),
]
