"""What a trial run found, for its page; and what pages that are open are told while a run goes on."""

import time
from collections import Counter
from typing import Any

from directory import listening
from directory.importing.deciding import Decision
from directory.importing.planning import Plan
from directory.models import RowOutcome

SHOWN = 100  # refused rows that a report names
ROWS_OF_A_REASON = 5
TELL_EVERY = 5.0  # seconds


class Report:
    """What a trial run found: how many of each, and of what was refused the reasons, with the first rows of each."""

    def __init__(self, held: dict[str, Any] | None = None) -> None:
        """`held` is what `kept` gave an earlier turn."""
        held = held or {"counts": {}, "reasons": [], "rows": []}
        self.counts: Counter[str] = Counter(held["counts"])
        self.reasons: dict[tuple[int, str], dict[str, Any]] = {
            (column, code): told for column, code, told in held["reasons"]
        }
        self.rows: list[list[Any]] = held["rows"]

    def kept(self) -> dict[str, Any]:
        reasons = [[column, code, told] for (column, code), told in self.reasons.items()]
        return {"counts": dict(self.counts), "reasons": reasons, "rows": self.rows}

    def add(self, decision: Decision) -> None:
        self.counts[str(decision.outcome)] += 1
        if decision.outcome != RowOutcome.REFUSED:
            return
        if len(self.rows) < SHOWN:
            self.rows.append([decision.draft.number, decision.problems])
        for column, code, args in decision.problems:
            reason = self.reasons.setdefault((column, code), {"args": args, "count": 0, "rows": []})
            reason["count"] += 1
            if len(reason["rows"]) < ROWS_OF_A_REASON:
                reason["rows"].append(decision.draft.number)

    def to_json(self, plan: Plan) -> dict[str, Any]:
        ordered = sorted(self.reasons.items(), key=lambda one: -one[1]["count"])
        return {
            **{outcome: self.counts[outcome] for outcome in RowOutcome.values},
            "reasons": [{"column": column, "code": code, **told} for (column, code), told in ordered],
            "rows": self.rows,
            "new_tags": [plan.new_tags[key] for key in sorted(plan.new_tags)[:50]],
        }


class Telling:
    """Pages that show leads are told now and then that many changed, not of each."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._told = plan, 0.0
        self._people: set[int] = set()
        self._stages: set[int] = set()

    def of(self, decisions: list[Decision]) -> None:
        """In the transaction; leaves on commit."""
        for decision in decisions:
            lead = decision.lead
            if lead is not None and decision.outcome in (RowOutcome.CREATED, RowOutcome.UPDATED):
                self._people |= {one for one in (lead.assignee, *decision.changes.get("assignee", ())) if one}
                self._stages |= {one for one in (lead.stage, *decision.changes.get("stage", ())) if one}
        if time.monotonic() - self._told >= TELL_EVERY:
            self._told = time.monotonic()
            listening.tell_of_many(self._plan.workspace.pk, people=self._people, stages=self._stages)
            self._people, self._stages = set(), set()
