from __future__ import annotations

from django.urls import path

from safelane.core.i18n.views import set_language

urlpatterns = [path("language/", set_language, name="set_language")]
