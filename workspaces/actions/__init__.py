"""Every write of people and workspaces: keyword-only, atomic, naming its actor, leaving its audit row."""
