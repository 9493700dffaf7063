"""Routes of conversations and channels, under /w/<workspace id>/."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "inbox"

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/channels/whatsapp/", include("inbox.channels.whatsapp.urls")),
]
