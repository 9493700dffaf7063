from crm.jobs.models.job import OPEN, Job, State

__all__ = ["OPEN", "Job", "State"]
