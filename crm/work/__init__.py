"""Durable outbound work: a row first, then a worker, in lanes."""
