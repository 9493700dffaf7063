"""Routes of conversations and channels, under /w/<workspace id>/."""

from django.urls import URLPattern, URLResolver

app_name = "inbox"

urlpatterns: list[URLPattern | URLResolver] = []
