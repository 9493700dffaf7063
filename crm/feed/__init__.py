"""Append-only rows, read in commit order by consumers with cursors."""
