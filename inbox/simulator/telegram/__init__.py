"""Telegram's Bot API, as the simulator speaks it."""

from inbox.simulator.telegram.handle import Handle
from inbox.simulator.telegram.phone import Phone
from inbox.simulator.telegram.provider import Provider
from inbox.simulator.telegram.world import Bot, Connection, Customer

__all__ = ["Bot", "Connection", "Customer", "Handle", "Phone", "Provider"]
