"""The audit log as people read it: narrowed, in words, and exported."""
