"""Routes of the house itself: health, the frame, jobs, live."""

from crm import jobs
from tests.access.rows import ADMINS, EVERYONE, OWNER_ONLY, SELLERS, Kind, Row, World


def job(world: World) -> dict[str, object]:
    """The owner's."""
    return {"pk": jobs.start("audit_export", by=world.owner).pk}


NOT_THEIRS = EVERYONE - OWNER_ONLY

ROWS = [
    Row("health:healthz", Kind.PUBLIC, get=EVERYONE),
    Row("health:readyz", Kind.PUBLIC, get=EVERYONE, ok=frozenset({503})),
    Row("ui:palette", get=EVERYONE),
    Row("ui:manifest", Kind.PUBLIC, get=EVERYONE),
    Row("ui:styleguide", Kind.PUBLIC, get=EVERYONE, ok=frozenset({404})),  # only where DEMO is on
    Row("jobs:list", get=EVERYONE),
    Row("jobs:running", get=EVERYONE),
    Row("jobs:detail", get=ADMINS, target=job, unseen=SELLERS),
    Row("jobs:cancellation", post=ADMINS, target=job, unseen=SELLERS),
    Row("jobs:file", get=OWNER_ONLY, target=job, unseen=NOT_THEIRS),
    Row("live:token", get=EVERYONE),
    Row("push:service_worker", Kind.PUBLIC, get=EVERYONE),
    Row("push:subscription", Kind.ACCOUNT, post=EVERYONE, ok=frozenset({400})),  # nothing is posted
    Row("push:removal", Kind.ACCOUNT, post=EVERYONE),
]
