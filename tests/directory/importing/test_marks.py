"""The keys of a trial run, against Python's own set."""

import random

from hypothesis import given
from hypothesis import strategies as st

from directory.importing import marks
from directory.importing.marks import Marks

keys = st.tuples(st.sampled_from(["phone", "email"]), st.text(max_size=6))


@given(st.lists(keys), st.lists(keys))
def test_it_holds_what_was_added_and_nothing_else(added: list[tuple[str, str]], asked: list[tuple[str, str]]):
    held = Marks()
    for key in added:
        held.add(key)
    assert len(held) == len(set(added))
    assert [key in held for key in asked] == [key in set(added) for key in asked]


def test_it_grows_and_comes_back_from_its_file():
    """Many times the smallest table, and with numbers that all begin at one place."""
    held = Marks()
    some = [("phone", f"52{number:010}") for number in range(20_000)]
    random.Random(3).shuffle(some)
    for key in some:
        held.add(key)
    again = Marks(held.to_bytes())
    assert len(again) == len(held) == 20_000
    assert all(key in again for key in some)
    assert not any(("email", value) in again for _kind, value in some)
    assert len(again.to_bytes()) <= 8 * 65_536


def test_numbers_that_begin_at_one_place_are_told_apart(monkeypatch):
    monkeypatch.setattr(marks, "_mark", lambda key: (int(key[1]) << 32) | 7)
    held = Marks()
    for number in range(100):
        held.add(("phone", str(number)))
    assert all(("phone", str(number)) in held for number in range(100))
    assert ("phone", "100") not in held
