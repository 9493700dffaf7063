"""A consumer reads all there is."""

import time

from crm.feed import reading
from crm.feed.consumers import Consumer

LONGEST = 60  # seconds


def follow(consumer: Consumer) -> None:
    """Once no transaction of another test on the cluster holds it back."""
    ends = time.monotonic() + LONGEST
    while reading.read_batch(consumer) or reading.held_back(consumer):
        assert time.monotonic() < ends
        time.sleep(0.02)
