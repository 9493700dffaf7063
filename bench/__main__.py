"""The command line of `bin/bench`."""

import argparse
import importlib
import json
import sys
from pathlib import Path

from bench.figures import HEAD, Figure

SUBJECTS = (
    "page",
    "start",
    "intake",
    "assignment",
    "million",
    "tallies",
    "bulk",
    "export",
    "imports",
    "crowd",
)


def main() -> int:
    arguments = _arguments()
    figures: list[Figure] = []
    print(HEAD, flush=True)
    for name in arguments.names or SUBJECTS:
        for figure in importlib.import_module(f"bench.{name}").measure():
            figures.append(figure)
            print(figure.line(), flush=True)
    if arguments.json:
        Path(arguments.json).write_text(json.dumps([figure.as_json() for figure in figures], indent=2))
    missed = [figure.name for figure in figures if not figure.held]
    if arguments.check and missed:
        print(f"bench: budgets missed: {', '.join(missed)}", file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure what has a budget.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(SUBJECTS)}; all by default")
    parser.add_argument("--check", action="store_true", help="exit 1 where a budget is missed")
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(SUBJECTS)
    if unknown:
        parser.error(f"no such figures: {', '.join(sorted(unknown))}")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
