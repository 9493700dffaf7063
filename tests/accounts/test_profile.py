"""The profile: words, zone, appearance, picture, leaving for good."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from tests.cast import PASSWORD, scope, signed_in
from workspaces.accounts import pictures
from workspaces.errors import Refused
from workspaces.models import AuditEntry, Membership, User, Verb

FORM = {"name": "Olga Nueva", "language": "en", "time_zone": "", "theme": "auto"}


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **options: object) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, kind, **options)
    return written.getvalue()


def upload(client: Client, content: bytes, name: str = "me.jpg") -> str:
    form = {"picture": SimpleUploadedFile(name, content, "image/jpeg")}
    return client.post("/profile/picture/", form, follow=True).content.decode()


def test_the_profile_is_saved_and_the_page_comes_back_in_the_new_language(owner: Membership) -> None:
    client = signed_in(owner)
    response = client.post("/profile/", FORM | {"language": "es", "theme": "dark"}, follow=True)
    page = response.content.decode()
    assert 'lang="es" data-theme="dark"' in page
    owner.user.refresh_from_db()
    assert (owner.user.name, owner.user.language, owner.user.theme) == ("Olga Nueva", "es", "dark")
    client.post("/logout/")
    assert 'lang="es" data-theme="dark"' in client.get("/login/").content.decode()


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("America/Mexico_City", "America/Mexico_City"),
        ("america/mexico city", "America/Mexico_City"),
        ("Bogota", "America/Bogota"),
        ("", ""),
    ],
)
def test_a_zone_is_found_as_people_type_it(owner: Membership, typed: str, zone: str) -> None:
    signed_in(owner).post("/profile/", FORM | {"time_zone": typed})
    owner.user.refresh_from_db()
    assert owner.user.time_zone == zone


@pytest.mark.parametrize("typed", ["Atlantis", "../../etc/passwd", "posixrules", "America/"])
def test_a_zone_that_is_not_there_is_refused_at_its_field(owner: Membership, typed: str) -> None:
    response = signed_in(owner).post("/profile/", FORM | {"time_zone": typed})
    assert response.status_code == 422
    assert "There is no such zone" in response.content.decode()


def test_the_menu_keeps_appearance_and_language(owner: Membership) -> None:
    client = signed_in(owner)
    assert client.post("/profile/theme/", {"theme": "dark"}).status_code == 204
    assert client.post("/profile/theme/", {"theme": "pink"}).status_code == 400
    response = client.post("/language/", {"language": "es"}, headers={"hx-request": "true"})
    assert response.headers["HX-Refresh"] == "true"
    owner.user.refresh_from_db()
    assert (owner.user.theme, owner.user.language) == ("dark", "es")


def test_a_picture_becomes_a_small_square_webp_without_what_the_camera_wrote(
    owner: Membership, media: Path
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "at home"
    client = signed_in(owner)
    upload(client, picture(exif=exif))
    owner.user.refresh_from_db()
    response = client.get(owner.user.picture_url)
    assert response.headers["Content-Type"] == "image/webp"
    assert "private" in response.headers["Cache-Control"]
    content = b"".join(response)  # type: ignore[call-overload]
    with Image.open(io.BytesIO(content)) as stored:
        assert (stored.format, stored.size) == ("WEBP", (256, 256))
        assert not stored.getexif()
    assert b"at home" not in content


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_taken_sideways_stands_upright(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: what is on the left is the top
    sideways = Image.new("RGB", (600, 400), "white")
    sideways.paste("black", (0, 0, 300, 400))
    written = io.BytesIO()
    sideways.save(written, kind, exif=exif, quality=95)
    cleaned = pictures.cleaned(SimpleUploadedFile("me", written.getvalue()), max_bytes=1_000_000)
    with Image.open(cleaned) as square:
        top, bottom = square.convert("L").getpixel((128, 20)), square.convert("L").getpixel((128, 236))
    assert (top < 30, bottom > 225) == (True, True)  # type: ignore[operator]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_pixel_becomes_a_picture(mode: str) -> None:
    written = io.BytesIO()
    Image.new(mode, (900, 700)).save(written, "PNG")
    cleaned = pictures.cleaned(SimpleUploadedFile("me.png", written.getvalue()), max_bytes=1_000_000)
    with Image.open(cleaned) as square:
        assert square.size == (256, 256)


def test_a_small_file_that_unfolds_into_much_is_refused() -> None:
    written = io.BytesIO()
    Image.new("1", (5_000, 4_000)).save(written, "PNG")
    with pytest.raises(Refused):
        pictures.cleaned(SimpleUploadedFile("me.png", written.getvalue()), max_bytes=1_000_000)


@pytest.mark.django_db(transaction=True)
def test_the_old_file_goes_with_a_new_picture_and_the_last_with_its_removal(
    owner: Membership, media: Path
) -> None:
    client = signed_in(owner)
    upload(client, picture())
    upload(client, picture("PNG"))
    assert len(list(media.rglob("*.webp"))) == 1
    client.post("/profile/picture/", {"remove": "1"})
    assert not list(media.rglob("*.webp"))
    owner.user.refresh_from_db()
    assert owner.user.picture_url == ""


def test_a_picture_is_served_to_colleagues_only(
    owner: Membership, seller: Membership, outsider: Membership
) -> None:
    upload(signed_in(owner), picture())
    owner.user.refresh_from_db()
    address = owner.user.picture_url
    response = signed_in(seller).get(address)
    assert b"".join(response)[8:12] == b"WEBP"  # type: ignore[call-overload]
    assert signed_in(outsider).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    guessed = address.replace(f"/{owner.user_id}/", f"/{seller.user_id}/")
    assert signed_in(seller).get(guessed).status_code == 404


def lying() -> bytes:
    return b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def bomb() -> bytes:
    """A PNG of 60,000 × 60,000 pixels in a few bytes."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 9))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lying(), "not a picture we can read"),
        (b"\x00" * 2_000, "not a picture we can read"),
        (picture()[:500], "not a picture we can read"),
        (picture("BMP"), "not a picture we can read"),
        (bomb(), "not a picture we can read"),
        (picture("PNG", (8_000, 8_000)), "too many pixels"),
    ],
)
def test_what_is_no_picture_is_refused(owner: Membership, media: Path, content: bytes, words: str) -> None:
    assert words in upload(signed_in(owner), content)
    owner.user.refresh_from_db()
    assert not owner.user.avatar
    assert not list(media.rglob("*.webp"))


def test_a_picture_that_is_too_large_is_refused(owner: Membership, settings: Settings) -> None:
    settings.AVATAR_MAX_BYTES = 1_048_576
    assert "may have 1 MB" in upload(signed_in(owner), picture() + b"\0" * 1_100_000)
    huge = SimpleUploadedFile("me.jpg", b"\0" * 10_000_000, "image/jpeg")
    assert signed_in(owner).post("/profile/picture/", {"picture": huge}).status_code == 413


def test_without_a_file_it_says_what_to_do(owner: Membership) -> None:
    page = signed_in(owner).post("/profile/picture/", follow=True).content.decode()
    assert "Choose a picture first." in page


def confirmed(membership: Membership) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.post("/login/", {"login": membership.user.email, "password": PASSWORD})
    client.post("/confirm/", {"password": PASSWORD})
    return client


def test_an_owner_is_told_which_workspaces_stand_in_the_way(owner: Membership) -> None:
    client = confirmed(owner)
    assert owner.workspace.name in client.get("/profile/deletion/").content.decode()
    client.post("/profile/deletion/", {"confirmation": owner.user.email})
    owner.user.refresh_from_db()
    assert owner.user.is_active


def test_deleting_an_account_asks_who_one_is_and_for_the_address(seller: Membership) -> None:
    assert signed_in(seller).get("/profile/deletion/").headers["Location"].startswith("/confirm/")
    response = confirmed(seller).post("/profile/deletion/", {"confirmation": "yes"})
    assert response.status_code == 422
    assert "That is not your address." in response.content.decode()


def test_a_deleted_account_leaves_its_workspaces_and_is_erased(owner: Membership, seller: Membership) -> None:
    client, elsewhere = confirmed(seller), signed_in(seller)
    response = client.post("/profile/deletion/", {"confirmation": seller.user.email}, follow=True)
    assert "Your account is deleted." in response.content.decode()
    person = User.objects.get(pk=seller.user_id)
    assert (person.is_active, person.email) == (False, f"deleted-{person.pk}@deleted.invalid")
    assert not person.emailaddress_set.exists()
    assert not Membership.objects.get(pk=seller.pk).is_active
    assert elsewhere.get("/profile/").status_code == 302
    page = Client().post("/login/", {"login": "sara@example.com", "password": PASSWORD})
    assert page.status_code == 200
    with scope(owner.workspace):
        assert AuditEntry.objects.filter(verb=Verb.PERSON_DEACTIVATED, membership_id=seller.pk).exists()


def test_a_name_is_one_line_without_tricks(owner: Membership) -> None:
    client = signed_in(owner)
    client.post("/profile/", FORM | {"name": "Olga\r\nBcc: x\x1b[0m\u202e"})
    owner.user.refresh_from_db()
    assert owner.user.name == "Olga Bcc: x[0m"
    assert client.post("/profile/", FORM | {"name": "\u202e\u200b"}).status_code == 422
