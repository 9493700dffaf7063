from collections.abc import Iterator
from typing import Any

import pytest

from crm import nudge
from tests.inbox import house
from workspaces.models import Workspace


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """No broker: the names of the tasks that would have been nudged."""
    sent: list[str] = []

    def now(task: Any, *args: Any, queue: str = "now", countdown: float | None = None) -> bool:
        sent.append(task.name)
        return True

    monkeypatch.setattr(nudge, "now", now)
    nudge._follow_up.cache_clear()
    yield sent
    nudge._follow_up.cache_clear()


@pytest.fixture
def channel(workspace: Workspace, nudges: list[str]) -> Any:
    """A WhatsApp number of the workspace, and nobody who nudges."""
    return house.channel(workspace)


@pytest.fixture
def post_kind() -> Iterator[house.Post]:
    with house.posted() as kind:
        yield kind
