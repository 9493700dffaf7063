from datetime import timedelta

from django.apps import AppConfig

from crm.jobs import JobKind, register_kind


class JobsTestsConfig(AppConfig):
    """Kinds of jobs for the tests, and for the workers that they start; installed by tests.settings only."""

    name = "tests.jobs"
    label = "jobs_tests"

    def ready(self) -> None:
        from tests.jobs import counting

        register_kind(
            JobKind("test.rows", run=counting.write_rows, label="Rows", turn=timedelta(seconds=0.3))
        )
        register_kind(
            JobKind("test.teams", run=counting.make_teams, label="Teams", turn=timedelta(seconds=0.3))
        )
