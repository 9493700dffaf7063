"""Path converters."""

from __future__ import annotations


class WorkspaceIdConverter:
    """The public id of a workspace: 10 characters of Crockford's base32, lower case."""

    regex = "[0-9a-hjkmnp-tv-z]{10}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
