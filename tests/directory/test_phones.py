"""Telephone numbers are compared by one key, however a provider, a person or a file writes them."""

import pytest

from directory import phones


@pytest.mark.parametrize(
    ("digits", "key"),
    [
        ("5215512345678", "525512345678"),
        ("525512345678", "525512345678"),
        ("5491123456789", "541123456789"),
        ("5511987654321", "551187654321"),
        ("34600123456", "34600123456"),
        ("14155552671", "14155552671"),
    ],
)
def test_with_a_plus_or_without_it_is_the_same_number(digits: str, key: str) -> None:
    by_provider, by_hand = phones.from_provider(digits), phones.parse(f"+{digits}")
    assert by_provider is not None
    assert by_hand is not None
    written = phones.match_key(f"+{digits[:2]} {digits[2:5]}-{digits[5:]}")
    assert {by_provider.match_key, by_hand.match_key, phones.match_key(digits), written} == {key}
