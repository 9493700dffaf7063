"""Python's garbage collector, in a process that serves: it looks for cycles less often than it would.

What is there when a process has begun stays, and is no longer looked through. A page, or a batch of rows, makes some
tens of thousands of objects that go by themselves; looking through them after each 700 took a fifth of a board's time,
and of an import's.
"""

import gc

YOUNG = 50_000  # objects more than there were, at which the youngest are looked through


def rarely() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
