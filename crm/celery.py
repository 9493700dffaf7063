"""The Celery application. Two queues: `now` for what a person waits for, `bulk` for what may take its time."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("cauce")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
