"""Routes of WhatsApp, under settings/channels/whatsapp/ of a workspace; named within `inbox`."""

from django.urls import path

from inbox.channels.whatsapp.views import channel, connect

urlpatterns = [
    path("connect/", connect.connect, name="whatsapp_connect"),
    path("connect/app/", connect.app, name="whatsapp_app"),
    path("connect/token/", connect.token, name="whatsapp_token"),
    path("connect/account/", connect.account, name="whatsapp_account"),
    path("connect/number/", connect.number, name="whatsapp_number"),
    path("connect/restart/", connect.restart, name="whatsapp_restart"),
    path("<int:pk>/", channel.page, name="whatsapp"),
    path("<int:pk>/state/", channel.state, name="whatsapp_state"),
    path("<int:pk>/check/", channel.check, name="whatsapp_check"),
    path("<int:pk>/webhook/", channel.webhook, name="whatsapp_webhook"),
    path("<int:pk>/verify-token/", channel.verify_token, name="whatsapp_verify_token"),
    path("<int:pk>/test/", channel.test, name="whatsapp_test"),
    path("<int:pk>/templates/", channel.templates, name="whatsapp_templates"),
    path("<int:pk>/name/", channel.name, name="whatsapp_name"),
    path("<int:pk>/secrets/", channel.secrets, name="whatsapp_secrets"),
    path("<int:pk>/removal/", channel.removal, name="whatsapp_removal"),
]
