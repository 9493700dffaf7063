"""Routes of Telegram, under settings/channels/telegram/ of a workspace; named within `inbox`."""

from django.urls import path

from inbox.channels.telegram.views import channel, connect

urlpatterns = [
    path("connect/", connect.connect, name="telegram_connect"),
    path("connect/account/", connect.account, name="telegram_account_connect"),
    path("<int:pk>/", channel.page, name="telegram"),
    path("<int:pk>/state/", channel.state, name="telegram_state"),
    path("<int:pk>/check/", channel.check, name="telegram_check"),
    path("<int:pk>/webhook/", channel.webhook, name="telegram_webhook"),
    path("<int:pk>/secret/", channel.secret, name="telegram_secret"),
    path("<int:pk>/token/", channel.token, name="telegram_token"),
    path("<int:pk>/name/", channel.name, name="telegram_name"),
    path("<int:pk>/removal/", channel.removal, name="telegram_removal"),
]
