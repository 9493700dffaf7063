from django.urls import URLPattern, URLResolver, path

from crm.jobs import views

app_name = "jobs"
urlpatterns: list[URLPattern | URLResolver] = [
    path("w/<ws:workspace_id>/jobs/", views.jobs, name="list"),
    path("w/<ws:workspace_id>/jobs/running/", views.running, name="running"),
    path("w/<ws:workspace_id>/jobs/<int:pk>/", views.detail, name="detail"),
    path("w/<ws:workspace_id>/jobs/<int:pk>/cancellation/", views.cancellation, name="cancellation"),
    path("w/<ws:workspace_id>/jobs/<int:pk>/file/", views.file, name="file"),
]
