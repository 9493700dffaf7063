"""A row as it is understood."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from directory.custom import Value
from directory.importing.reasons import NO_COLUMN

Problem = tuple[int, str, dict[str, Any]]
Point = tuple[str, str, str, str]  # kind, as written, what is sent to, match key


@dataclass(slots=True)
class Draft:
    """`stage` counts where `has_stage`: None is the Inbox. `tags` are names as written, by their folded form."""

    number: int
    problems: list[Problem] = field(default_factory=list)
    name: str = ""
    first_name: str = ""
    second_name: str = ""
    last_name: str = ""
    city: str = ""
    address: str = ""
    delivery_address: str = ""
    notes: str = ""
    came_from: str = ""
    external_id: str = ""
    points: list[Point] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    status: str | None = None
    has_stage: bool = False
    stage: int | None = None
    stage_column: int = NO_COLUMN
    funnel_column: int = NO_COLUMN
    assignee: int | None = None
    manager: int | None = None
    created: datetime | None = None
    value: Decimal | None = None
    custom: dict[int, Value] = field(default_factory=dict)
    profiles: dict[str, str] = field(default_factory=dict)  # networks by their links
    keys: list[tuple[str, str]] | None = None
    locks: list[str] = field(default_factory=list)  # made ahead: names that are locked for the row
    lead: Any = None  # a Standing, made ahead: what the row would make of somebody new

    @property
    def is_somebody(self) -> bool:
        return bool(self.name or self.points or self.first_name or self.second_name or self.last_name)

    def identities(self) -> list[tuple[str, str]]:
        """By which a lead is known again. Asked when the row is read, and kept."""
        if self.keys is None:
            found = [(kind, key) for kind, _raw, _value, key in self.points]
            self.keys = [("external_id", self.external_id), *found] if self.external_id else found
        return self.keys
