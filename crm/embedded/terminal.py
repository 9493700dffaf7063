"""What the person at the terminal reads."""

import contextlib
import sys


def say(text: str) -> None:
    with contextlib.suppress(OSError):  # the terminal is gone: that is what SIGHUP was about
        print(text, flush=True)


def say_error(text: str) -> None:
    with contextlib.suppress(OSError):
        print(f"cauce: {text}", file=sys.stderr, flush=True)
