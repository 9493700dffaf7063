"""The thread by which a worker or beat says that it lives, every 15 s, whatever else it is busy with.

A thread and not a task: a task waits behind an hour-long export, and is not sent at all while Redis is down.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from crm.health.models import Heartbeat

log = logging.getLogger(__name__)
INTERVAL = 15.0  # seconds

_started = threading.Event()


def start(**_: object) -> None:
    """Receiver of Celery's `worker_ready` and `beat_init`. A second call does nothing."""
    if _started.is_set():
        return
    _started.set()
    threading.Thread(target=_beat_for_ever, name="heartbeat", daemon=True).start()


def beat_once() -> bool:
    """One sign of life; False, and a line in the log, where the database does not answer."""
    try:
        Heartbeat.objects.beat(settings.PROCESS)
        if settings.PROCESS == "beat":
            Heartbeat.objects.forget_gone()
    except (DatabaseError, InterfaceError) as error:
        log.warning("No heartbeat: %s", type(error).__name__)
        return False
    finally:
        connection.close()  # one less held open for a word every 15 s
    if settings.HEARTBEAT_FILE:
        Path(settings.HEARTBEAT_FILE).touch()
    return True


def _beat_for_ever() -> None:
    pause = threading.Event()
    while True:
        beat_once()
        pause.wait(INTERVAL)
