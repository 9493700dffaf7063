from pathlib import Path

import pytest

from crm import nudge


@pytest.fixture(autouse=True)
def watched(references_watched: list[str]) -> None:
    """Whatever an import writes by statement is checked."""


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files in a folder of the test; nobody is nudged."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    monkeypatch.setattr(nudge, "now", lambda *args, **kwargs: True)
