"""The floor: Django with a session, a user and a one-line template, and nothing else, as a WSGI application.

Both are Django's own, not ours with their prepared queries. The middleware is taken away after the set-up, since
allauth refuses to be installed without its own.
"""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from bench.page.settings import BARE_BACKEND

django.setup()
settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
settings.AUTHENTICATION_BACKENDS = [BARE_BACKEND]
settings.ROOT_URLCONF = "bench.page.floor_urls"
settings.MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
application = WSGIHandler()
