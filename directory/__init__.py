"""Leads: who they are, how to reach them, where they stand, what happened. See `docs/architecture.md`."""
