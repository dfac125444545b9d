"""The site as it is where a provider is configured."""

from django.urls import include, path

from safelane.config.urls import (
    handler400,
    handler403,
    handler404,
    handler500,
    urlpatterns,
)
from safelane.organisations.signin.urls import provider_urls

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
urlpatterns = [path("account/", include(provider_urls)), *urlpatterns]
