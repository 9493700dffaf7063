"""What a leaver hands over: each app registers what it holds in a person's name."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from workspaces.models import Membership


@dataclass(frozen=True)
class Belonging:
    """Something people are responsible for. Both functions run inside the workspace's scope."""

    key: str
    label: str | Promise  # "Team seats"
    count: Callable[[Membership], int]
    hand_over: Callable[[Membership, Membership | None], int]  # (leaver, successor or nobody) → rows moved


_belongings: dict[str, Belonging] = {}
_forgetting: list[Callable[[Membership], object]] = []


def register(belonging: Belonging) -> None:
    _belongings[belonging.key] = belonging


def register_forgetting(forget: Callable[[Membership], object]) -> None:
    """What is a leaver's alone, and goes with them. In the scope, in the transaction in which they leave."""
    _forgetting.append(forget)


def belongings(person: Membership) -> list[tuple[Belonging, int]]:
    """What the person holds, with counts, for the page that asks who takes over."""
    return [(belonging, belonging.count(person)) for belonging in _belongings.values()]


def label_of(key: str) -> str | Promise | None:
    """The label of a belonging by its key, as audit rows keep it; None where no app has it any more."""
    return _belongings[key].label if key in _belongings else None


def hand_over(leaver: Membership, successor: Membership | None) -> dict[str, int]:
    """Move everything, in the caller's transaction; {key: rows moved}. What nobody takes over is deleted."""
    for forget in _forgetting:
        forget(leaver)
    return {b.key: b.hand_over(leaver, successor) for b in _belongings.values()}
