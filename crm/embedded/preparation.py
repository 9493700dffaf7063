"""What comes before the servers, and only where something changed: assets, migrations, demo."""

from collections.abc import Callable

from crm.embedded import assets, stamps
from crm.embedded.children import Child
from crm.embedded.datadir import DataDir
from crm.embedded.errors import Refusal
from crm.embedded.postgres import Cluster
from crm.embedded.processes import Application
from crm.embedded.terminal import say


def prepare(
    app: Application, data: DataDir, cluster: Cluster | None, *, demo: bool, wait: Callable[[Child], None]
) -> None:
    """All in one Django process, which `wait` sees to its end. Raises Refusal."""
    with assets.building():
        build = not assets.built()
        migrate = not stamps.migrated(data, cluster, demo=demo)
        if not (build or migrate):
            return
        if build:
            say("Building the assets…")
            assets.fetch_packages()
        if migrate:
            say("Preparing the database…")
        child = app.prepare(build=build, migrate=migrate)
        wait(child)
        if child.code:
            raise Refusal(f"The preparation failed: {child.last_words()} (log: {child.log})")
        if build:
            assets.mark_built()
        if migrate:
            stamps.mark_migrated(data, cluster, demo=demo)
