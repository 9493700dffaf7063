"""Understanding rows. A cell that means nothing refuses the whole row: it comes back in the error file, whole, and is
taken as a whole when it is mended. Nothing is taken half."""

from collections.abc import Sequence
from typing import Any

from directory.importing import cells
from directory.importing.cells import Unclear
from directory.importing.columns import Column, column
from directory.importing.drafts import Draft
from directory.importing.planning import MOST_REMEMBERED, Plan
from directory.importing.reasons import NO_COLUMN
from directory.importing.records import Record

LONGEST_REMEMBERED = 100


class Drafting:
    """The rows of a file, one after the other."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        most = MOST_REMEMBERED // max(len(plan.columns), 1)
        self._cells = [(place, _Cells(plan, place, column(key), most)) for place, key in plan.columns]

    def draft(self, record: Record) -> Draft:
        made = Draft(record.number)
        if record.problem:
            made.problems.append((NO_COLUMN, record.problem, {}))
            return made
        row, plan = record.cells, self._plan
        width = len(row)
        if width > plan.width and any(cell.strip() for cell in row[plan.width :]):
            made.problems.append((NO_COLUMN, "extra_cells", {}))
            return made
        for place, those in self._cells:
            if place < width and (text := row[place]):
                try:
                    those.take(made, text)
                except Unclear as problem:
                    made.problems.append((place, problem.code, problem.args_of_reason))
        if made.stage_column >= 0 or made.funnel_column >= 0:
            _take_stage(plan, made, row)
        if not made.problems and not made.is_somebody:
            made.problems.append((NO_COLUMN, "nobody", {}))
        return made


class _Cells:
    """Of one column."""

    def __init__(self, plan: Plan, place: int, column: Column, most: int) -> None:
        self._plan, self._place, self._column, self._most = plan, place, column, most
        self._known: dict[str, Any] = {}

    def take(self, made: Draft, text: str) -> None:
        held = self._known.get(text, self)
        if held is self:
            held = self._read(text)
        if held.__class__ is Unclear:  # a new one: what is raised remembers where
            raise Unclear(held.code, **held.args_of_reason)
        if held is not None:
            self._column.put(self._plan, made, held)

    def _read(self, text: str) -> Any:
        held: Any = None
        try:
            if not cells.is_blank(text):
                _check_text(text)
                held = self._column.read(self._plan, self._place, text)
        except Unclear as problem:
            held = problem
        if self._column.repeats and len(text) <= LONGEST_REMEMBERED:
            if len(self._known) >= self._most:
                self._known.clear()
            self._known[text] = held
        return held


def _check_text(text: str) -> None:
    if text.isascii() and (text.isprintable() or "\x00" not in text):
        return
    if "\x00" in text:
        raise Unclear("nul")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unclear("bytes") from None
    if "\ufffd" in text:
        raise Unclear("bytes")


def _take_stage(plan: Plan, made: Draft, row: Sequence[str]) -> None:
    """Of both cells together; a funnel alone is its first stage."""
    text = row[made.stage_column] if made.stage_column >= 0 else ""
    within = row[made.funnel_column] if made.funnel_column >= 0 else ""
    try:
        made.stage = (
            plan.once(f"stage {within}", text, lambda text: plan.stage(text, within))
            if text
            else plan.first_stage(within)
        )
        made.has_stage = True
    except Unclear as problem:
        made.problems.append((made.stage_column if text else made.funnel_column, problem.code, {}))
