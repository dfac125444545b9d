from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from safelane.core.ui.attention import home
from safelane.core.ui.basemap import basemap_file

urlpatterns = [
    path("", home, name="home"),
    path("basemap.pmtiles", basemap_file, name="basemap"),
    path(
        "language/", login_not_required(require_POST(set_language)), name="set_language"
    ),
]
