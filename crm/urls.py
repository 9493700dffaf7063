"""Every route. An app's routes stand in its own `urls.py`; `tests/test_access.py` has a row for each."""

from django.urls import include, path, register_converter

from crm.ui.converters import WorkspaceIdConverter

register_converter(WorkspaceIdConverter, "ws")

urlpatterns = [
    path("", include("crm.health.urls")),
    path("", include("crm.ui.urls")),
    path("", include("crm.jobs.urls")),
    path("", include("crm.live.urls")),
    path("", include("crm.push.urls")),
    path("", include("workspaces.accounts.urls")),
    path("", include("workspaces.operator.urls")),
    path("", include("directory.outside_urls")),
    path("", include("inbox.hook_urls")),
    path("", include("inbox.channels.webchat.urls")),
    path("w/<ws:workspace_id>/", include("inbox.urls")),
    path("w/<ws:workspace_id>/", include("funnels.urls")),
    path("w/<ws:workspace_id>/", include("directory.urls")),
    path("", include("workspaces.urls")),
]

handler400 = "crm.views.bad_request"
handler403 = "crm.views.permission_denied"
handler404 = "crm.views.not_found"
handler429 = "crm.views.too_many_requests"  # allauth looks it up here
handler500 = "crm.views.server_error"
