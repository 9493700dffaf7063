"""The floor: Django with a session, a user and a one-line template, and nothing else, as a WSGI application.

The middleware is taken away after the set-up, since allauth refuses to be installed without its own.
"""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

django.setup()
settings.ROOT_URLCONF = "bench.page.floor_urls"
settings.MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
application = WSGIHandler()
