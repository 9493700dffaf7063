"""Fractional keys: text that sorts, with room for another key between any two.

A key is a fraction in base 62 without its "0.": "V" is about a half. It never ends in the lowest digit, so that there
is always something smaller. Compared byte by byte (collation "C").
"""

from collections.abc import Iterator

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
FIRST = "V"
TIME_DIGITS = 9  # microseconds until the year 2398


def between(before: str | None, after: str | None) -> str:
    """A key that sorts after `before` and before `after`; None is the end of the list. ValueError if they cross.

    1. Digits that both have in common are kept.
    2. Where they differ by more than one, the digit in the middle ends the key.
    3. Where they differ by one, `before`'s digit is kept and the rest is put after the rest of `before`.
    """
    low, high = before or "", after
    if high is not None and low >= high:
        raise ValueError("The neighbours are not in order.")
    key = ""
    while True:
        at = len(key)
        low_digit = DIGITS.index(low[at]) if at < len(low) else 0
        high_digit = DIGITS.index(high[at]) if high is not None and at < len(high) else len(DIGITS)
        if high is not None and at >= len(high):
            high_digit = len(DIGITS)
        if high_digit - low_digit > 1:
            return key + DIGITS[(low_digit + high_digit) // 2]
        key += DIGITS[low_digit]
        if high_digit != low_digit:
            high = None


def at_top(micros: int) -> str:
    """A key before all that were made at an earlier time, `micros` being microseconds since 1970.

    New leads come first, and so does what is put first: halving towards the front would make keys ever longer.
    """
    return next(down_from(micros))


def down_from(micros: int) -> Iterator[str]:
    """Keys of this microsecond and of those before it, one after the other: each sorts after the last."""
    left = len(DIGITS) ** TIME_DIGITS - 1 - micros
    while True:
        head, last = divmod(left, len(DIGITS))
        key = ""
        for _digit in range(TIME_DIGITS - 1):
            head, digit = divmod(head, len(DIGITS))
            key = DIGITS[digit] + key
        for digit in DIGITS[last:]:
            yield key + digit + FIRST
        left += len(DIGITS) - last
