"""Addresses of vector tiles, below ``/tiles/``."""

from django.urls import path

from safelane.core.tiles import views

app_name = "tiles"
urlpatterns = [path("<str:name>/<int:z>/<int:x>/<int:y>.mvt", views.tile, name="tile")]
