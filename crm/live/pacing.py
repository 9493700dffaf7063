"""How all pages together ask no more often, however many are open. The live process alone knows how many they are.

1. Loading anew, after a restart, a gap in the connection to Redis, or a change of many leads: every page fetches all it
   shows, some eight requests. Each stream gets a place in a queue; one that is told alone has the first, at once.
2. After a signal: `spread` is within how many milliseconds those who were told the same should ask, and `rest` how long
   a page waits before it asks again about what every message brings. Neither is said where it is shorter than what
   pages gather for anyway, so a few pages do as one alone would.

`rest` comes from all streams of the process, of other workspaces too, so it is said in steps that tell nobody how many.
"""

import time

APART = 0.12  # seconds between two pages that load anew: all together make about sixty requests a second
LONGEST = 60.0  # seconds until the last; where more are open than fit, they are closer together
GATHER = 300  # milliseconds that a page gathers for, at least; see static/js/live-gathering.js
TOLD = 10  # milliseconds for each stream that is told the same
OPEN = 25  # milliseconds for each stream that is open: pages together ask forty times a second at most
LONGEST_REST = 20_000
STEP = 500


class Queue:
    def __init__(self) -> None:
        self._next = 0.0

    def place(self, streams: int) -> float:
        """Seconds that the next one waits, of so many streams that are open."""
        now = time.monotonic()
        at = max(now, self._next)
        self._next = at + min(APART, LONGEST / max(1, streams))
        return at - now


def pace(told: int, streams: int) -> dict[str, int]:
    """What a signal says of when to ask."""
    spread = TOLD * told
    rest = min(LONGEST_REST, -(-OPEN * streams // STEP) * STEP) if OPEN * streams > GATHER else 0
    said = {"spread": spread if spread > GATHER else 0, "rest": rest}
    return {name: value for name, value in said.items() if value}
