"""What an action refuses, in words for the person who asked."""


class Refused(Exception):
    """The act is understood but not allowed as things stand. `str(error)` is translated and says what to do."""
