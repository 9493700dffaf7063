"""Settings of the web chat, under settings/channels/webchat/ of a workspace; named within `inbox`."""

from django.urls import path

from inbox.channels.webchat.views import settings

urlpatterns = [
    path("", settings.connect, name="webchat_connect"),
    path("<int:pk>/", settings.edit, name="webchat"),
    path("<int:pk>/preview/", settings.preview, name="webchat_preview"),
    path("<int:pk>/secret/", settings.secret, name="webchat_secret"),
    path("<int:pk>/removal/", settings.removal, name="webchat_removal"),
]
