"""Where providers call: each request proves itself by its signature. And the operator's page of what came there."""

from django.urls import path

from inbox.fetching import views as fetching
from inbox.journal import operating, views

app_name = "hooks"

urlpatterns = [
    path("hooks/<slug:provider>/<slug:public_id>/", views.webhook, name="webhook"),
    path("hooks/files/<str:token>/<str:name>", fetching.lent, name="lent"),
    path("operator/webhooks/", operating.listing, name="journal"),
    path("operator/webhooks/replay/", operating.replay_of_all, name="replay_of_all"),
    path("operator/webhooks/<int:pk>/replay/", operating.replay, name="replay"),
]
