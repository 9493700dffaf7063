"""Routes of Messenger and Instagram, under settings/channels/meta/ of a workspace; named within `inbox`."""

from django.urls import path

from inbox.channels.meta.views import channel, connect

urlpatterns = [
    path("connect/", connect.connect, name="messenger_connect"),
    path("connect/app/", connect.app, name="meta_app"),
    path("connect/token/", connect.token, name="meta_token"),
    path("connect/page/", connect.page, name="meta_page"),
    path("connect/restart/", connect.restart, name="meta_restart"),
    path("connect/instagram/", connect.own_login, name="instagram_connect"),
    path("<int:pk>/", channel.page, name="meta"),
    path("<int:pk>/state/", channel.state, name="meta_state"),
    path("<int:pk>/check/", channel.check, name="meta_check"),
    path("<int:pk>/webhook/", channel.webhook, name="meta_webhook"),
    path("<int:pk>/extension/", channel.extension, name="meta_extension"),
    path("<int:pk>/name/", channel.name, name="meta_name"),
    path("<int:pk>/secrets/", channel.token, name="meta_secrets"),
    path("<int:pk>/removal/", channel.removal, name="meta_removal"),
]
