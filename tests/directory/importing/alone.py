"""An import in a process of its own, on the database that it is given: see test_crash.

python -m tests.directory.importing.alone prepare|work ROWS
"""

import sys

import django

django.setup()

from django.db.models.functions import Now  # noqa: E402

from crm import nudge  # noqa: E402
from crm.tenancy import scope  # noqa: E402
from crm.work import sweeps  # noqa: E402
from crm.work.models import Item  # noqa: E402
from directory.actions import imports  # noqa: E402
from tests.directory.importing import desk  # noqa: E402
from workspaces.actions import workspaces  # noqa: E402
from workspaces.models import Membership, User  # noqa: E402


def prepare(rows: int) -> None:
    """As far as the run, which waits for a worker."""
    by = User.objects.create_user("olga@example.com", None, name="Olga")
    owner: Membership = workspaces.create(
        by=by, name="Ventas MX", time_zone="America/Mexico_City", language="es", currency="MXN"
    )
    lines = [f"Lead {n},55 {n // 10_000:04} {n % 10_000:04},tag {n % 7}" for n in range(rows)]
    file = "\n".join(("Nombre,Tel,Etiquetas", *lines)).encode()
    one = desk.try_out(desk.choose(desk.upload(owner, "a.csv", file), owner), owner)
    with scope(owner.workspace):
        imports.run(one, by=owner)


def work(rows: int) -> None:
    """What a worker before this one had claimed counts as given up."""
    Item.objects.filter(kind="job", state="claimed").update(lease_until=Now())
    sweeps.end_expired_leases()
    desk.work_off()


if __name__ == "__main__":
    nudge.now = lambda *args, **kwargs: True
    {"prepare": prepare, "work": work}[sys.argv[1]](int(sys.argv[2]))
