"""Pages of survey priors, under ``priorities/``."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "risk"
urlpatterns: list[URLPattern] = []
