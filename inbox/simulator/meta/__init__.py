"""Messenger and Instagram, as the simulator speaks them: two providers over one Graph, with its apps and pages."""

from inbox.simulator.meta.handle import Handle
from inbox.simulator.meta.phone import Phone
from inbox.simulator.meta.provider import Instagram, Messenger

__all__ = ["Handle", "Instagram", "Messenger", "Phone"]
