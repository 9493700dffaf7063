"""Routes of files, under /w/<workspace id>/."""

from django.urls import path

from inbox.fetching import views

urlpatterns = [
    path("files/<int:pk>/", views.media, name="media"),
    path("files/<int:pk>/retry/", views.retry, name="media_retry"),
]
