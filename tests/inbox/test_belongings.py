"""What goes along with an exported workspace, and what with a deleted one."""

import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder

from crm.tenancy import scope
from inbox import belongings
from inbox.models import Attachment, Channel, ProviderApp, RawRequest
from tests.inbox import house
from workspaces import portability
from workspaces.portability import deletion

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(workspace, nudges, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    channel = house.channel(workspace, app=house.app(owner=workspace))
    [message] = house.take_in(channel, house.text("hola"), name="Marta")
    with scope(workspace):
        file = default_storage.save("1/inbox/abc", ContentFile(b"%PDF-"))
        Attachment.objects.create(
            message=message, kind="document", name="precios.pdf", file=file, state="ready"
        )
    return channel


def test_every_section_is_json_without_secrets(workspace, filled):
    with scope(workspace):
        rows = {
            section.name: section.page(workspace, None)[0]
            for section in portability.sections()
            if section.count(workspace)
        }
        files, _end = next(f for f in portability.files() if f.name == "files").page(workspace, None)
    text = json.dumps(rows, cls=DjangoJSONEncoder)
    assert {"channels", "identities", "sessions", "messages", "attachments"} <= rows.keys()
    assert "token of the tests" not in text
    assert rows["messages"][0]["text"] == "hola"
    assert [name for name, _stored in files] == [rows["attachments"][0]["file"]]


def test_a_deleted_workspace_leaves_no_file_no_app_and_no_journal(workspace, filled, other_workspace):
    other = house.channel(other_workspace)
    house.take_in(other, house.text("de otro"))
    with scope(workspace):
        for remover in portability.removers():
            if remover.floor == belongings.FLOOR:
                while remover.remove(workspace):
                    pass
        assert Channel.objects.get().app is None
    assert not default_storage.exists("1/inbox/abc")
    assert list(ProviderApp.objects.values_list("pk", flat=True)) == [other.app_id]
    assert RawRequest.objects.count() == 1
    assert deletion._children_first()
