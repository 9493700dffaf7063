"""What acts on many leads plug in."""

from crm import jobs, schedule
from directory.bulk import kinds, running


def register() -> None:
    kinds.register()
    jobs.register_kind(running.UNDO_KIND)
    schedule.every("directory.bulk", seconds=30, task="directory.tasks.settle_bulk_acts")
    schedule.daily("directory.old_bulk_acts", at="04:40", task="directory.tasks.forget_bulk_acts")

