from django.urls import path

from safelane.core.health import views

urlpatterns = [path("health", views.health, name="health")]
