"""The acts of this floor."""

from directory.bulk import acts
from directory.bulk.kinds import archiving, assigning, closing, deleting, filling, marking, tagging


def register() -> None:
    for act in (
        assigning.Assign(),
        tagging.PutOn(),
        tagging.TakeOff(),
        marking.SetStatus(),
        archiving.Archive(),
        archiving.Unarchive(),
        closing.Win(),
        closing.Lose(),
        closing.Reopen(),
        filling.SetField(),
        deleting.Delete(),
    ):
        acts.register(act)
