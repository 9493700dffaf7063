"""The web process: `granian --interface wsgi crm.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
os.environ.setdefault("CAUCE_PROCESS", "web")

application = get_wsgi_application()

from crm.checks import refuse_to_start  # noqa: E402 - Django is set up by the line above

refuse_to_start()

# What is here stays: it is no longer looked through. A page makes some tens of thousands of objects and drops them by
# itself; looking for cycles among them after each 700 took a fifth of a board's time.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
