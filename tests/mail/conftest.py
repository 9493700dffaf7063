from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm import nudge
from tests.mail.smtp_server import SmtpServer


@pytest.fixture
def server(settings: Any) -> Iterator[SmtpServer]:
    """Mail leaves by SMTP, to this one."""
    settings.EMAIL_TIMEOUT = 0.3
    with SmtpServer() as smtp:
        settings.EMAIL_TRANSPORT_URL = smtp.url
        yield smtp


@pytest.fixture
def directory(settings: Any, tmp_path: Path) -> Path:
    """Mail leaves into this directory."""
    settings.EMAIL_TRANSPORT_URL = f"file://{tmp_path}"
    return tmp_path


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(nudge, "now", lambda *args, **options: True)
    settings.EMAIL_BACKEND = "crm.mail.backend.QueuedBackend"
