"""The web process: `granian --interface wsgi crm.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
os.environ.setdefault("CAUCE_PROCESS", "web")

application = get_wsgi_application()

from crm import collector  # noqa: E402 - Django is set up by the line above
from crm.checks import refuse_to_start  # noqa: E402

refuse_to_start()

collector.rarely()
