from django.urls import URLPattern, URLResolver, path

from crm.live import views

app_name = "live"
urlpatterns: list[URLPattern | URLResolver] = [
    path("w/<ws:workspace_id>/live-token/", views.token, name="token"),
]
