"""No query without a workspace."""
