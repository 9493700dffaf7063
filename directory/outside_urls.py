"""Routes of notifications that lie in no workspace."""

from django.urls import path

from directory.views import notifications

urlpatterns = [
    path("profile/notifications/", notifications.mine, name="my_notifications"),
    path("notifications/mute/<str:token>/", notifications.mute, name="notifications_mute"),
]
