"""The parts of the bench of imports; each prints what it measured as JSON.

prepare --rows 100000       a workspace with a funnel, people, tags and a field of its own, and the file
read, try, run, undo        the jobs, by this process alone
floor                       the same rows by COPY, beside them
"""

import csv
import json
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.core.management.base import BaseCommand
from django.db import connection, transaction

from crm import collector
from crm.feed import reading
from crm.tenancy import scope
from crm.work import runs
from directory.actions import imports
from directory.importing import storing
from directory.models import CustomField, Import, ImportState
from funnels.models import Funnel, Stage
from workspaces.actions import workspaces
from workspaces.models import Availability, Membership, Role, User

NAME = "Bench of imports"
HEADERS = (
    "Nombre", "Apellidos", "Teléfono", "Correo", "Ciudad", "Etiquetas", "Estatus", "Etapa", "Asesor", "Fecha de alta",
    "Valor", "Talla",
)  # fmt: skip
NAMES = [
    "María",
    "José",
    "Luis",
    "Ana",
    "Juan",
    "Carmen",
    "Pedro",
    "Lucía",
    "Jorge",
    "Elena",
    "Raúl",
    "Sofía",
    "Iván",
    "Marta",
    "Hugo",
    "Inés",
]
SURNAMES = [
    "García",
    "Hernández",
    "López",
    "Martínez",
    "González",
    "Pérez",
    "Rodríguez",
    "Sánchez",
    "Ramírez",
    "Cruz",
    "Flores",
    "Gómez",
]
CITIES = ("Puebla", "Monterrey", "León", "Mérida", "Ciudad de México", "Guadalajara", "")


class Command(BaseCommand):
    help = "The parts of the bench of imports."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("act", choices=("prepare", "read", "try", "run", "floor", "undo"))
        parser.add_argument("--rows", type=int, default=100_000)

    def handle(self, *args: Any, act: str, rows: int, **options: Any) -> None:
        if act == "prepare":
            _prepare(rows)
            return
        owner = Membership.objects.select_related("user", "workspace").get(
            workspace__name=NAME, role=Role.OWNER
        )
        collector.rarely()  # as in a worker
        with scope(owner.workspace):
            found = {"read": _read, "try": _try, "run": _run, "floor": _floor, "undo": _undo}[act](owner)
        self.stdout.write(json.dumps(found))


def _prepare(rows: int) -> None:
    """Random, and the same each time."""
    owner = _workspace(NAME, "importer@bench.example")
    people = [
        Membership.objects.create(
            workspace=owner.workspace,
            user=User.objects.create_user(f"seller{n}@bench.example", name=f"Seller {n}"),
            role=Role.SELLER,
            availability=Availability.ACTIVE,
        )
        for n in range(8)
    ]
    chosen = random.Random(7)
    with scope(owner.workspace), tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as file:
        funnel = Funnel.objects.create(workspace=owner.workspace, name="Ventas")
        for place, name in enumerate(("Nuevo", "Negociación", "Cierre")):
            Stage.objects.create(workspace=owner.workspace, funnel=funnel, name=name, position=place)
        CustomField.objects.create(label="Talla", key="talla", kind="text", position=1)
        out = csv.writer(file)
        out.writerow(HEADERS)
        for number in range(rows):
            out.writerow(_row(number, chosen, people))
        file.flush()
        binary: Any = file.buffer
        upload: UploadedFile[Any] = UploadedFile(File(binary), name="leads.csv", size=binary.seek(0, 2))
        imports.begin(storing.keep(upload, owner.workspace_id), by=owner)


def _row(number: int, chosen: random.Random, people: list[Membership]) -> list[str]:
    """One in a thousand has a number that is none."""
    phone = f"55 {number // 10_000:04} {number % 10_000:04}" if chosen.random() > 0.001 else "no sé"
    return [
        chosen.choice(NAMES),
        f"{chosen.choice(SURNAMES)} {chosen.choice(SURNAMES)}",
        f"+52 {phone}" if number % 3 else phone,
        f"lead{number}@ejemplo.mx",
        chosen.choice(CITIES),
        chosen.choice(("vip", "vip, mayoreo", "menudeo", "")),
        chosen.choice(("Urgente", "Pendiente", "")),
        chosen.choice(("Nuevo", "Negociación", "Cierre", "")),
        chosen.choice(people).user.email,
        f"{chosen.randint(1, 28):02}/{chosen.randint(1, 12):02}/2024",
        f"${chosen.randint(100, 90_000):,}.50",
        chosen.choice("SML"),
    ]


def _workspace(name: str, email: str) -> Membership:
    by = User.objects.create_user(email, name="Owner")
    return workspaces.create(by=by, name=name, time_zone="America/Mexico_City", language="es", currency="MXN")


def _read(owner: Membership) -> dict[str, float]:
    seconds = _work()
    one = Import.objects.get()
    field = CustomField.objects.get()
    mapping = [key or f"custom:{field.pk}" for key in one.mapping]
    imports.set_mapping(one, by=owner, mapping=mapping)
    return {"seconds": seconds}


def _try(owner: Membership) -> dict[str, float]:
    imports.try_out(Import.objects.get(), by=owner)
    before = _memory()
    seconds = _work()
    return {"seconds": seconds, "megabytes": _memory() - before}


def _run(owner: Membership) -> dict[str, float]:
    imports.run(Import.objects.get(), by=owner)
    before = _memory()
    seconds = _work()
    after = _memory()
    one = Import.objects.get()
    if one.state != ImportState.DONE:
        raise RuntimeError(f"the import is {one.state}")
    began = time.perf_counter()
    for name in ("notifications", "assignment"):
        while reading.run(name):
            pass
    return {
        "seconds": seconds,
        "megabytes": after - before,
        "created": one.created,
        "refused": one.refused,
        "followed": time.perf_counter() - began,
    }


def _memory() -> float:
    """The most that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _undo(owner: Membership) -> dict[str, float]:
    imports.take_back(Import.objects.get(), by=owner)
    return {"seconds": _work()}


def _work() -> float:
    """Seconds until nothing is left; the turns of a job follow each other at once."""
    began = time.perf_counter()
    while runs.run("bulk"):
        pass
    return time.perf_counter() - began


FAR = 100_000_000
TABLES = ("lead", "placement", "contactpoint", "leadtag", "customvalue", "event", "importrow")


def _floor(owner: Membership) -> dict[str, float]:
    """The rows as the import left them are written down as text first, with other numbers; then copied in, their
    foreign keys checked, and all of it given up."""
    with tempfile.TemporaryDirectory() as folder:
        texts = {table: Path(folder, table) for table in TABLES}
        columns = {table: _written(table, texts[table], owner.workspace_id) for table in TABLES}
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            for table in TABLES:
                statement = f"COPY directory_{table} ({columns[table]}) FROM STDIN"
                with texts[table].open("rb") as file, cursor.copy(statement) as out:
                    while piece := file.read(1_048_576):
                        out.write(piece)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            seconds = time.perf_counter() - began
            transaction.set_rollback(True)
    return {"seconds": seconds}


def _written(table: str, to: Path, workspace: int) -> str:
    """The names of its columns."""
    moved = {"id": f"id + {FAR}", "lead_id": f"lead_id + {FAR}"}
    if table == "importrow":
        moved["number"] = f"number + {FAR}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
            " AND column_name <> 'xid' ORDER BY ordinal_position",
            [f"directory_{table}"],
        )
        names = [row[0] for row in cursor.fetchall()]
        chosen = ", ".join(moved.get(name, f'"{name}"') for name in names)
        rows = f"SELECT {chosen} FROM directory_{table} WHERE workspace_id = {workspace}"
        if "lead_id" in names:
            rows += " AND lead_id IS NOT NULL"
        with to.open("wb") as file, cursor.copy(f"COPY ({rows}) TO STDOUT") as out:
            for piece in out:
                file.write(piece)
    return ", ".join(f'"{name}"' for name in names)
