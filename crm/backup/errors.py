"""One line for a person."""


class BackupRefused(Exception):
    """What stands against it, and what to do."""
