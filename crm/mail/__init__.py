"""Outgoing mail: a kind of durable work."""
