"""WhatsApp's Cloud API, as the simulator speaks it."""

from inbox.simulator.whatsapp.handle import Handle
from inbox.simulator.whatsapp.phone import Phone
from inbox.simulator.whatsapp.provider import Provider
from inbox.simulator.whatsapp.world import App, Customer, Number, Template

__all__ = ["App", "Customer", "Handle", "Number", "Phone", "Provider", "Template"]
