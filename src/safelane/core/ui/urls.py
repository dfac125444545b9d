from django.urls import include, path

from safelane.core.ui.views import home

urlpatterns = [
    path("", home, name="home"),
    path("", include("safelane.core.i18n.urls")),
]
