"""Every write about WhatsApp channels that is not a message."""
