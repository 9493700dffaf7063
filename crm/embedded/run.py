"""`bin/run` from the command line."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from crm.embedded.datadir import DataDir
from crm.embedded.services import ROOT, configured
from crm.embedded.supervisor import Supervisor


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parse(arguments)
    return Supervisor(DataDir(chosen.data), port=chosen.port, demo=chosen.demo).run()


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/run", description="Start all of Cauce on this machine; Ctrl-C ends it."
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=8000,
        metavar="N",
        help="pages on N (8000), live updates on N+1, the demo's simulator on N+2",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(configured().get("VAR_DIR", ROOT / "var")),
        metavar="DIR",
        help="where data, logs and sockets are kept (var)",
    )
    parser.add_argument("--no-demo", dest="demo", action="store_false", help="no demo workspace")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65533:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65533")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
