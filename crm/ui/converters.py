"""Converters of paths in URLs."""


class WorkspaceIdConverter:
    """A Workspace ID: ten characters of Crockford's base 32, lower case."""

    regex = "[0-9abcdefghjkmnpqrstvwxyz]{10}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
