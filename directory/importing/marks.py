"""A set of keys, each a number of 64 bits, in one array: a Python set of them takes five times the room.

A hash table with open addressing: the numbers are digests, so their lowest bits are the place to begin at.
"""

from array import array
from collections.abc import Iterable
from hashlib import blake2b

_SMALLEST = 1 << 12
_EMPTY = 0


class Marks:
    """Of keys that were added; as good as exact, since two keys in 10¹¹ share a number at a million of them."""

    def __init__(self, content: bytes = b"") -> None:
        """`content` is what `to_bytes` gave."""
        self._slots = array("Q", bytes(8 * _SMALLEST))
        if content:
            self._slots = array("Q")
            self._slots.frombytes(content)
        self._count = len(self._slots) - self._slots.count(_EMPTY)

    def __len__(self) -> int:
        return self._count

    def __contains__(self, key: Iterable[str]) -> bool:
        mark = _mark(key)
        return self._slots[_place(self._slots, mark)] == mark

    def add(self, key: Iterable[str]) -> None:
        mark = _mark(key)
        place = _place(self._slots, mark)
        if self._slots[place] == _EMPTY:
            self._slots[place] = mark
            self._count += 1
            if self._count * 3 > len(self._slots) * 2:
                self._grow()

    def to_bytes(self) -> bytes:
        return self._slots.tobytes()

    def _grow(self) -> None:
        larger = array("Q", bytes(16 * len(self._slots)))
        for mark in self._slots:
            if mark != _EMPTY:
                larger[_place(larger, mark)] = mark
        self._slots = larger


def _mark(key: Iterable[str]) -> int:
    """The same in every process; never that of an empty slot."""
    return int.from_bytes(blake2b("\0".join(key).encode(), digest_size=8).digest(), "little") or 1


def _place(slots: "array[int]", mark: int) -> int:
    """Where it is, or would be."""
    last = len(slots) - 1
    place = mark & last
    while slots[place] != _EMPTY and slots[place] != mark:
        place = (place + 1) & last
    return place
