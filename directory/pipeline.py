"""Funnels as the lead's card needs them. They are of the floor above, which plugs them in from `AppConfig.ready()`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from directory.actors import Actor
from workspaces.models import Membership


@dataclass(frozen=True)
class StageChoice:
    pk: int
    name: str
    colour: str


@dataclass(frozen=True)
class FunnelChoice:
    pk: int
    name: str
    stages: tuple[StageChoice, ...]


class Pipeline(Protocol):
    def choices(self, membership: Membership) -> Sequence[FunnelChoice]:
        """The funnels in use that the person may put leads into, with their stages, in order."""

    def check_moves_to(self, stage_id: int | None, *, by: Actor) -> None:
        """Raise PermissionDenied, Refused, or Http404 (no such stage) unless `by` may put leads there."""

    def move(self, lead_id: int, *, by: Actor, stage_id: int | None) -> bool:
        """To the top of a stage (None: the Inbox). Raises as above, and required.Missing."""

    def asks(self, stage_id: int | None) -> tuple[str, Sequence[str]]:
        """The stage's name, and the keys of `directory.required` that it asks for."""

    def asked_at(self, workspace_id: str, stage_id: int, lead_id: int, place: str) -> str:
        """Where what a stage asks for is filled in."""


class NoFunnels:
    """Where no floor above has funnels."""

    def choices(self, membership: Membership) -> Sequence[FunnelChoice]:
        return ()

    def check_moves_to(self, stage_id: int | None, *, by: Actor) -> None:
        return

    def move(self, lead_id: int, *, by: Actor, stage_id: int | None) -> bool:
        return False

    def asks(self, stage_id: int | None) -> tuple[str, Sequence[str]]:
        return "", ()

    def asked_at(self, workspace_id: str, stage_id: int, lead_id: int, place: str) -> str:
        return ""


_plugged: list[Pipeline] = [NoFunnels()]


def plug(pipeline: Pipeline) -> None:
    _plugged[0] = pipeline


def current() -> Pipeline:
    return _plugged[0]
