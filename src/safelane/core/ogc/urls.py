"""Addresses of OGC API Features, below ``/ogc/``."""

from django.urls import path

from safelane.core.ogc import views

app_name = "ogc"
# What is asked for most comes first: addresses are tried in order.
urlpatterns = [
    path("collections/<str:name>/items", views.items, name="items"),
    path("collections/<str:name>/items/<str:fid>", views.items, name="item"),
    path("", views.landing, name="landing"),
    path("api", views.api, name="api"),
    path("conformance", views.conformance, name="conformance"),
    path("collections", views.collections, name="collections"),
    path("collections/<str:name>", views.collection, name="collection"),
    path("collections/<str:name>/queryables", views.queryables, name="queryables"),
    path("collections/<str:name>/schema", views.schema, name="schema"),
]
