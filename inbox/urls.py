"""Routes of conversations and channels, under /w/<workspace id>/."""

from django.urls import URLPattern, URLResolver, include, path

from inbox import conversation_urls
from inbox.views import assignment, channels

app_name = "inbox"

# Behind one address, so that pages elsewhere pass them all at once.
_channels: list[URLPattern | URLResolver] = [
    path("", channels.listing, name="channels"),
    path("meta/", include("inbox.channels.meta.urls")),
    path("telegram/", include("inbox.channels.telegram.urls")),
    path("webchat/", include("inbox.channels.webchat.settings_urls")),
    path("whatsapp/", include("inbox.channels.whatsapp.urls")),
]
urlpatterns: list[URLPattern | URLResolver] = [
    *conversation_urls.urlpatterns,
    path("", include("inbox.fetching.urls")),
    path("settings/assignment/", assignment.listing, name="assignment"),
    path("settings/assignment/inbox/", assignment.inbox, name="assignment_inbox"),
    path("settings/assignment/channels/<int:pk>/", assignment.channel, name="assignment_channel"),
    path("settings/assignment/funnels/<int:pk>/", assignment.funnel, name="assignment_funnel"),
    path("settings/assignment/simulation/", assignment.simulation, name="assignment_simulation"),
    path("settings/assignment/decisions/", assignment.decisions, name="decisions"),
    path("decisions/<int:pk>/", assignment.decision, name="decision"),
    path("settings/channels/", include(_channels)),
]
