from django.urls import include, path

urlpatterns = [
    path("", include("safelane.core.i18n.urls")),
]
