"""Routes of browsers that may be told something."""

from django.urls import path

from crm.push import views

app_name = "push"
urlpatterns = [
    path("service-worker.js", views.service_worker, name="service_worker"),
    path("profile/browsers/", views.subscription, name="subscription"),
    path("profile/browsers/removal/", views.removal, name="removal"),
]
