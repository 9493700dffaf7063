"""Amounts are read as people write them, and shown as they are read."""

from decimal import Decimal

import pytest
from django.utils import translation

from crm.ui import money


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12500", "12500.00"), ("12,500.50", "12500.50"), ("12.500,50", "12500.50"), ("$ 12 500", "12500.00"),
        ("12,500", "12500.00"), ("12.500", "12500.00"), ("1.234.567", "1234567.00"), ("12,5", "12.50"),
        ("MX$1,234,567.8", "1234567.80"), ("0", "0.00"), ("٣", "3.00"), ("12,500 ²", "12500.00"),
    ],
)  # fmt: skip
def test_points_and_commas_mean_what_their_writer_means(text: str, amount: str) -> None:
    assert money.read(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_is_no_amount(text: str) -> None:
    assert money.read(text) is None


@pytest.mark.parametrize("text", ["mucho", "-5", "$", "1" * 41, "1-2", "..", "9,9,9,-"])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(money.NoAmount):
        money.read(text)


def test_it_is_shown_as_at_home() -> None:
    with translation.override("es"):
        assert money.shown(Decimal("12500.00"), "MXN") == "$12,500"
        assert money.shown(Decimal("12500.50"), "MXN") == "$12,500.50"
        assert money.shown(Decimal("12500.00"), "COP").replace("\xa0", "") == "$12.500"
        assert money.shown(Decimal("12500.50"), "EUR").replace("\xa0", " ") == "12.500,50 €"
    with translation.override("en"):
        assert money.shown(Decimal("1234567.00"), "USD") == "$1,234,567"
