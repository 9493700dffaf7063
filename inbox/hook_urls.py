"""Where providers call: each request proves itself by its signature. And the operator's page of what came there."""

from django.urls import include, path

from inbox.fetching import views as fetching
from inbox.journal import operating, views

app_name = "hooks"

_hooks = [
    path("files/<str:token>/<str:name>", fetching.lent, name="lent"),
    path("<slug:provider>/<slug:public_id>/", views.webhook, name="webhook"),
]
urlpatterns = [
    path("hooks/", include(_hooks)),
    path("operator/webhooks/", operating.listing, name="journal"),
    path("operator/webhooks/replay/", operating.replay_of_all, name="replay_of_all"),
    path("operator/webhooks/<int:pk>/replay/", operating.replay, name="replay"),
]
