"""Where providers call. Outside every workspace, without session and CSRF: each request proves itself by its signature."""

from django.urls import path

from inbox.journal import views

app_name = "hooks"

urlpatterns = [
    path("hooks/<slug:provider>/<slug:public_id>/", views.webhook, name="webhook"),
]
