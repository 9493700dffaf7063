"""Routes of the frame."""

from django.urls import URLPattern, URLResolver, path

from crm.ui import views

app_name = "ui"
urlpatterns: list[URLPattern | URLResolver] = [
    path("w/<ws:workspace_id>/palette/", views.palette, name="palette"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
