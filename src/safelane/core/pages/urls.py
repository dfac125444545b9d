from django.urls import path

from safelane.core.pages import saved

app_name = "pages"
urlpatterns = [
    path("save/", saved.save, name="view-save"),
    path("<int:pk>/delete/", saved.delete, name="view-delete"),
]
