"""Routes of conversations and channels, under /w/<workspace id>/."""

from django.urls import URLPattern, URLResolver, include, path

from inbox import conversation_urls
from inbox.views import channels

app_name = "inbox"

urlpatterns: list[URLPattern | URLResolver] = [
    *conversation_urls.urlpatterns,
    path("", include("inbox.fetching.urls")),
    path("settings/channels/", channels.listing, name="channels"),
    path("settings/channels/meta/", include("inbox.channels.meta.urls")),
    path("settings/channels/webchat/", include("inbox.channels.webchat.settings_urls")),
    path("settings/channels/whatsapp/", include("inbox.channels.whatsapp.urls")),
]
