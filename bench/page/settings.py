"""The house's own settings, with one route more: a page with nothing in it."""

from crm.settings import *  # noqa: F403
from crm.settings import INSTALLED_APPS

ROOT_URLCONF = "bench.page.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "bench"]
BARE_BACKEND = "django.contrib.auth.backends.ModelBackend"  # by which the floor knows its user
