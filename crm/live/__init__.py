"""Live signals: what changed, to whom it concerns."""
