"""What tests of exports begin with: leads of every shape, and a job worked off to its file."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db.models.functions import Now

from crm.jobs import results
from crm.jobs.models import Job, State
from crm.tenancy import scope
from crm.work import attempts
from crm.work.claims import claim
from crm.work.models import Item
from directory import custom
from directory.actions import custom as values
from directory.actions import exporting
from directory.exporting import columns
from directory.models import ContactPoint, CustomChoice, CustomField, CustomKind, Lead, SocialProfile
from directory.selection import EVERY, Selection
from tests.directory import house
from workspaces.models import Membership

HTMX = {"HX-Request": "true"}
ALL = Selection(state=EVERY)


def furnish(workspace, owner, seller):
    """Leads of every shape: hostile texts, no name, several phones, fields of one's own."""
    with scope(workspace):
        funnel = house.funnel(workspace)
        stage = funnel.stages.first()
        marta = house.lead(
            workspace,
            name='=HYPERLINK("http://x","Marta")',
            phone="+52 55 1234 5678",
            email="marta@example.com",
            stage=stage,
            assignee=seller,
            tags=[house.tag(workspace), house.tag(workspace, "mayoreo")],
            value=Decimal("1200.50"),
            last_inbound_at=datetime(2026, 3, 2, 1, 4, 5, tzinfo=UTC),
        )
        ContactPoint.objects.create(
            lead=marta, kind="phone", raw="x", value="+525598765432", match_key="525598765432"
        )
        Lead.objects.filter(pk=marta.pk).update(
            notes='@SUM(1);"dice",\nllama al 55 1234 5678',
            city="  -Ciudad & <México> ",
            first_name="Marta",
            last_name="+Ruiz",
            address="Calle 5, 55 1234 5678",
            delivery_address="-",
            manager=seller,
            time_zone="America/Tijuana",
            ip="2001:db8::1",
            came_from="=Expo",
            external_id="5255-1234-5678",
        )
        for url in ("https://x.com/marta", "https://wa.me/525512345678"):
            SocialProfile.objects.create(lead=marta, network="web", url=url)
        house.lead(workspace, name="", phone="+52 55 1111 2222", is_archived=True)
        house.lead(workspace, name="-5", email="cinco@example.com", assignee=seller)
        house.lead(workspace, name="Ana Ñandú 55 1234 5678")
        _own_fields(marta, owner)
        return marta


def _own_fields(lead, owner):
    for kind in CustomKind.values:
        field = CustomField.objects.create(label=f"Own {kind}", key=f"f_{kind}", kind=kind)
        for label in ("Rojo", "Azul"):
            CustomChoice.objects.create(field=field, label=label, position=1 if label == "Rojo" else 0)
    fields = {one.kind: one for one in custom.fields()}
    chosen = {kind: [one.pk for one in fields[kind].choice_list] for kind in ("choice", "choices")}
    held = {
        "text": "+cmd|' /C calc'!A0",
        "number": Decimal("12.5"),
        "date": date(2026, 1, 31),
        "choice": chosen["choice"][0],
        "choices": tuple(chosen["choices"]),
        "yes_no": True,
        "phone": "+525544443333",
        "email": "otra@example.com",
        "url": "https://example.com/?a=1",
        "money": Decimal("99.9"),
    }
    values.set_values(lead, {fields[kind]: value for kind, value in held.items()}, by=owner)


def read_anew(membership):
    return Membership.objects.select_related("user", "workspace").get(pk=membership.pk)


def finish(job):
    """All its turns."""
    while Job.objects.get(pk=job.pk).is_open:
        Item.objects.update(due_at=Now())
        batch = claim("bulk")
        assert batch.items
        attempts.deliver(batch)
    job.refresh_from_db()
    return b"".join(results.chunks(job)) if job.state == State.DONE else b""


def exported(by, selection=ALL, keys=None, form="csv", **how):
    with scope(by.workspace_id):
        keys = [one.key for one in columns.offered()] if keys is None else keys
        return finish(exporting.start(selection, by=read_anew(by), keys=keys, form=form, **how))


def lines(content, delimiter=","):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


def finish_all():
    while True:
        Item.objects.update(due_at=Now())
        batch = claim("bulk")
        if not batch or not batch.items:
            return
        attempts.deliver(batch)
