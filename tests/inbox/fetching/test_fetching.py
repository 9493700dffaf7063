"""Files: what they are, not what they say; who may have them; how they are given out."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from crm.tenancy import scope
from crm.work import DeliveryError
from crm.work.models import Item
from inbox.actions import attachments
from inbox.channels.kinds import Fetched
from inbox.fetching import looking, orphans, working
from inbox.models import Attachment, Message
from tests.directory import house as directory
from tests.inbox import house
from workspaces.errors import Refused

pytestmark = pytest.mark.django_db


def picture(form="PNG", size=(6, 4)):
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, form)
    return file.getvalue()


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def arrived(workspace, seller, nudges, post_kind):
    """A message with a file on its way: arrived("id", content or error) → the attachment, fetched or not."""
    channel = house.channel(workspace, kind="post", app=None)
    with scope(workspace):
        lead = directory.lead(workspace, assignee=seller)
        session = house.conversation(lead, channel)
    numbers = iter(range(100))

    def arrive(given, kind="image", name=""):
        with scope(workspace):
            message = Message.objects.create(
                lead=lead,
                channel=channel,
                identity=session.identity,
                session=session,
                direction="in",
                kind=kind,
                sent_at=timezone.now(),
            )
            one = Attachment.objects.create(
                message=message, kind=kind, name=name, provider_id=f"m{next(numbers)}"
            )
            post_kind.files[one.provider_id] = (
                Fetched(given, "image/png") if isinstance(given, bytes) else given
            )
            working.enqueue(one)
        house.work_off()
        return again(one)

    return arrive


def again(one):
    with scope(one.workspace_id):
        return Attachment.objects.get(pk=one.pk)


def get(client, one, **headers):
    address = reverse("inbox:media", kwargs={"workspace_id": one.workspace.public_id, "pk": one.pk})
    return client.get(address, headers=headers)


def content(response):
    return b"".join(response.streaming_content)


def test_a_picture_is_measured_kept_under_a_random_name_and_shown(arrived, client_of, seller):
    one = arrived(picture(), name="../../etc/passwd\u202egnp.exe")
    assert (one.state, one.mime, one.kind, one.width, one.height) == ("ready", "image/png", "image", 6, 4)
    assert one.file.name.startswith(f"{one.workspace_id}/inbox/")
    assert one.name == "passwdgnp.exe"
    response = get(client_of(seller), one)
    assert content(response) == picture()
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "lie",
    [
        b"<html><script>alert(1)</script></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"\x89PNG\r\n\x1a\n and no more",
        b"%PDF-1.7",
        b"MZ\x90\x00",
    ],
)
def test_what_lies_about_itself_is_a_download(arrived, client_of, seller, lie):
    one = arrived(lie, kind="image", name="foto.png")
    assert (one.state, one.kind) == ("ready", "document")
    response = get(client_of(seller), one)
    assert content(response) == lie
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="foto.png"'


def test_a_sound_within_a_films_container_is_a_sound():
    assert looking.look(b"\0\0\0\x18ftypisom", claimed="voice").mime == "audio/mp4"
    assert looking.look(b"\0\0\0\x18ftypisom", claimed="video").mime == "video/mp4"
    assert looking.kind_of(looking.look(b"OggS", claimed="video"), "video") == "document"
    assert looking.kind_of(looking.look(picture("WEBP"), claimed="sticker"), "sticker") == "sticker"


@pytest.mark.parametrize(
    ("content", "name", "mime"),
    [
        ("Sábana,349\n".encode("latin-1"), "Precios.CSV", "text/plain"),
        (b"MZ\x90\x00", "precios.txt", "application/octet-stream"),
        (b"<html>", "a.html", "application/octet-stream"),
        (b"PK\x03\x04", "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"PK\x03\x04", "a.xls", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "application/vnd.ms-excel"),
    ],
)
def test_papers_are_what_their_content_and_name_agree_on(content, name, mime):
    look = looking.look(content, name=name)
    assert (look.mime, look.kind) == (mime, "document")


def test_a_picture_of_too_many_pixels_is_a_document(monkeypatch):
    monkeypatch.setattr(looking, "PIXELS", 20)
    assert looking.look(picture(size=(6, 4))).kind == "document"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (DeliveryError("It is gone.", permanent=True, code="404"), "404"),
        (b"", "empty"),
    ],
)
def test_what_cannot_be_had_says_so_and_can_be_asked_for_again(
    arrived, client_of, seller, post_kind, given, code
):
    one = arrived(given)
    assert (one.state, bool(one.error)) == ("failed", True)
    assert Item.objects.get(kind="inbox.media").error_code == code
    assert get(client_of(seller), one).status_code == 404
    post_kind.files[one.provider_id] = Fetched(picture())
    address = reverse("inbox:media_retry", kwargs={"workspace_id": one.workspace.public_id, "pk": one.pk})
    assert client_of(seller).post(address).status_code == 204
    assert again(one).state == "waiting"
    house.work_off()
    assert again(one).state == "ready"


def test_a_file_that_is_too_large_is_not_kept(arrived, monkeypatch):
    monkeypatch.setattr(working, "MAX_BYTES", 10)
    assert arrived(picture()).state == "failed"


def test_players_ask_for_parts(arrived, client_of, seller):
    sound = b"OggS" + bytes(range(200))
    one = arrived(sound, kind="voice")
    client = client_of(seller)
    for asked, status, expected in [
        ("bytes=0-3", 206, b"OggS"),
        ("bytes=200-", 206, sound[200:]),
        ("bytes=-5", 206, sound[-5:]),
        ("bytes=0-999", 200, sound),
        ("bytes=5-2", 200, sound),
        ("lines=1-2", 200, sound),
    ]:
        response = get(client, one, Range=asked)
        assert (response.status_code, content(response)) == (status, expected), asked
        assert response["Content-Length"] == str(len(expected))
        if status == 206:
            first = len(sound) - len(expected) if expected != b"OggS" else 0
            last = first + len(expected) - 1
            assert response["Content-Range"] == f"bytes {first}-{last}/{len(sound)}"
    assert get(client, one, Range="bytes=999-").status_code == 416


def test_only_who_sees_the_lead_gets_its_files(arrived, client_of, seller, other_seller, outsider):
    one = arrived(picture())
    assert get(client_of(other_seller), one).status_code == 404
    assert get(client_of(outsider), one).status_code == 404


def test_an_upload_is_its_owners_until_it_is_sent_and_swept_after_a_day(
    workspace, seller, other_seller, client_of
):
    with scope(workspace):
        one = attachments.upload(SimpleUploadedFile("a.png", picture(), "text/html"), by=seller)
    assert (one.kind, one.mime) == ("image", "image/png")
    response = get(client_of(seller), one)
    assert (response.status_code, content(response)) == (200, picture())
    assert get(client_of(other_seller), one).status_code == 404
    with pytest.raises(Refused):
        attachments.upload(SimpleUploadedFile("a.png", b""), by=seller)
    assert orphans.sweep() == 0
    with scope(workspace):
        Attachment.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert orphans.sweep() == 1
    assert not one.file.storage.exists(one.file.name)
