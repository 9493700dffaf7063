"""What an admin typed that a provider does not know."""


class Wrong(Exception):
    """`str(error)` is translated and says what to do."""
