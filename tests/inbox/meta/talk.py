"""What the tests of both ways begin with: somebody wrote, somebody of ours answers."""

import io
from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from crm.tenancy import scope
from inbox.actions import messages
from inbox.models import (
    Attachment,
    Message,
    Session,
)
from tests.inbox import house
from tests.inbox.meta.conftest import turn


def thread(channel):
    return [(one.direction, one.kind, one.text) for one in house.messages(channel)]


def begun(simulator, workspace, name="Ana Ruiz", text="Hola", **who):
    """Somebody wrote: their phone, the lead, and the conversation; in the scope of whoever asks for them."""
    phone = simulator.customer(name, **who)
    phone.text(text)
    turn(simulator)
    with scope(workspace):
        session = Session.objects.select_related("identity__lead").get(identity__lead__name=name)
    return phone, session.identity.lead, session


def wrote(simulator, workspace, owner, text="¿Llegó?", **more):
    phone, lead, session = begun(simulator, workspace)
    with scope(workspace):
        return phone, messages.send(lead, by=owner, session=session, text=text, **more)


def now(message):
    with scope(message.workspace_id):
        return Message.objects.select_related("identity", "session", "channel").get(pk=message.pk)


def picture():
    content = io.BytesIO()
    Image.new("RGB", (8, 5), "teal").save(content, "PNG")
    return content.getvalue()


def uploaded(owner, content, kind="image", mime="image/png", name="Catálogo ñ.png"):
    one = Attachment(workspace_id=owner.workspace_id, kind=kind, mime=mime, name=name, size=len(content))
    one.uploaded_by_id, one.state = owner.pk, "ready"
    one.file.save("f", ContentFile(content), save=False)
    one.save()
    return one


def hours_passed(workspace, hours, phone=None):
    """Since their last message, on both sides."""
    if phone is not None:
        phone.close_window(hours)
    with scope(workspace):
        ends = timezone.now() - timedelta(hours=hours) + timedelta(hours=24)
        Session.objects.update(window_ends_at=ends)
