"""The one error a person sees."""

import errno


class Refusal(Exception):
    """Cauce can't go on; the text is one line that says what happened and what to do."""


def explain(error: OSError) -> str:
    """One line for an error of the operating system, with the file it is about."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full{where}. Free some space and start again."
    if error.errno == errno.EROFS:
        return f"The disk is read-only{where}. Give another directory with --data."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"No permission to write{where}. Start as its owner, or give another directory with --data."
    return f"{error.strerror or error}{where}."
