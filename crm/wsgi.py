"""The web process: `granian --interface wsgi crm.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
os.environ.setdefault("CAUCE_PROCESS", "web")

application = get_wsgi_application()
