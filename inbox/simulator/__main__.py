"""The simulator as a process: python -m inbox.simulator [--port N] [--data DIR] [--cauce URL]"""

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from inbox.simulator.meta import defaults as meta_defaults
from inbox.simulator.meta import furnishing as meta_furnishing
from inbox.simulator.simulator import NotAllowed, Simulator
from inbox.simulator.telegram import defaults as telegram_defaults
from inbox.simulator.telegram import furnishing as telegram_furnishing
from inbox.simulator.whatsapp import defaults, furnishing

PACE = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        simulator = Simulator(chosen.port, data=chosen.data, snapshot=True, pace=PACE, trusting=True)
    except NotAllowed as refusal:
        sys.stderr.write(f"simulator: {refusal}\n")
        return 2
    if chosen.cauce:
        simulator.whatsapp.assume(chosen.cauce.rstrip("/") + defaults.CALLBACK_PATH)
        simulator.telegram.assume(chosen.cauce.rstrip("/") + telegram_defaults.CALLBACK_PATH)
        for one in (simulator.messenger, simulator.instagram):
            one.assume(chosen.cauce.rstrip("/") + meta_defaults.CALLBACK_PATH)
    furnishing.furnish(simulator.whatsapp)
    telegram_furnishing.furnish(simulator.telegram)
    for one in (simulator.messenger, simulator.instagram):
        meta_furnishing.furnish(one)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with simulator:
        logging.getLogger("inbox.simulator").info(
            "ready: %s (WHATSAPP_API_URL=%s TELEGRAM_API_URL=%s META_API_URL=%s INSTAGRAM_API_URL=%s)",
            simulator.address,
            simulator.whatsapp.api_url,
            simulator.telegram.api_url,
            simulator.messenger.api_url,
            simulator.messenger.own_api_url,
        )
        ended.wait()
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m inbox.simulator", description="Fakes of the providers' APIs."
    )
    parser.add_argument("--port", type=int, default=defaults.PORT)
    parser.add_argument(
        "--data", type=Path, default=Path("var/simulator"), help="conversations and media stay here"
    )
    parser.add_argument(
        "--cauce", metavar="URL", help="address of the Cauce whose demo channels get the webhooks"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
