"""Public: at /chat/<the widget's token>/."""

from django.urls import path

from inbox.channels.webchat.views import pages, talking

app_name = "webchat"

urlpatterns = [
    path("chat/<slug:token>/", pages.page, name="page"),
    path("chat/<slug:token>/widget.js", pages.loader, name="loader"),
    path("chat/<slug:token>/try/", pages.trial, name="trial"),
    path("chat/<slug:token>/start/", talking.start, name="start"),
    path("chat/<slug:token>/messages/", talking.messages, name="messages"),
    path("chat/<slug:token>/receipts/", talking.receipts, name="receipts"),
    path("chat/<slug:token>/typing/", talking.typing, name="typing"),
    path("chat/<slug:token>/ticket/", talking.ticket, name="ticket"),
    path("chat/<slug:token>/identity/", talking.identity, name="identity"),
    path("chat/<slug:token>/files/<str:key>/", talking.file, name="file"),
]
