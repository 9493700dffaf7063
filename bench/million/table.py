"""The figures of `bin/bench million --json FILE` as Markdown: `python -m bench.million.table FILE`."""

import json
import sys
from pathlib import Path
from typing import Any

PEOPLE = ("owner", "own", "mixed")


def table(figures: dict[str, dict[str, Any]]) -> str:
    """A line for each screen: milliseconds and multiple of the floor by person; then the worst p95, SQL, queries."""
    screens = list(dict.fromkeys(_screen(name) for name in figures))
    lines = [
        "| screen | budget | owner | own leads | mixed grants | p95 | SQL | queries |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for screen in screens:
        shown = {person: figures[key] for person in PEOPLE if (key := f"{screen}.{person}") in figures}
        cells = [_cell(shown.get(person)) for person in PEOPLE]
        worst = [
            max(figures[f"{screen}.{person}.{what}"]["value"] for person in shown)
            for what in ("p95", "sql", "queries")
        ]
        queries = figures[f"{screen}.{next(iter(shown))}.queries"]["budget"]
        budget = next(iter(shown.values()))["budget"]
        lines.append(
            f"| {screen} | ×{budget:g} | {' | '.join(cells)} | {worst[0]:.0f} | {worst[1]:.1f} "
            f"| {worst[2]:.0f} of {queries:.0f} |"
        )
    return "\n".join(lines)


def _screen(name: str) -> str:
    """Of "board.1.own.p95" it is "board.1", of "filter.owner.rare.own" "filter.owner.rare"."""
    parts = name.split(".")
    return ".".join(parts[: max(at for at, part in enumerate(parts) if part in PEOPLE)])


def _cell(figure: dict[str, Any] | None) -> str:
    if figure is None:
        return ""
    return f"{figure['value']:.0f} ms, ×{figure['ratio']:.1f}{'' if figure['held'] else ' ✗'}"


if __name__ == "__main__":
    found = json.loads(Path(sys.argv[1]).read_text())
    print(table({figure["name"]: figure for figure in found}))
