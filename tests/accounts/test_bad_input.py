"""What no form expects: NUL, broken UTF-8, junk by the megabyte. A clear answer, and nothing half done."""

import pytest
from django.test import Client

from tests.cast import signed_in
from workspaces.models import Membership, User

PUBLIC = ["/login/", "/signup/", "/reset/", "/login/passkey/", "/start-over/", "/language/"]
OWN = [
    "/profile/",
    "/profile/theme/",
    "/profile/security/password/",
    "/profile/security/email/",
    "/confirm/",
    "/profile/deletion/",
]
FIELDS = [
    "login",
    "password",
    "name",
    "email",
    "password1",
    "code",
    "credential",
    "next",
    "time_zone",
    "theme",
    "language",
]


@pytest.mark.parametrize("path", [*PUBLIC, *OWN])
@pytest.mark.parametrize(
    ("junk", "statuses"),
    [("a\x00b", {400}), ("x" * 10_000_000, {413}), ("\ud800".encode("utf-8", "surrogatepass"), {400})],
)
def test_junk_in_every_field_is_refused_clearly(
    owner: Membership, path: str, junk: str | bytes, statuses: set[int]
) -> None:
    client = signed_in(owner) if path in OWN else Client()
    before = User.objects.values().get(pk=owner.user_id)
    for field in FIELDS if len(junk) < 100 else ["email"]:
        body = (
            field.encode()
            + b"="
            + (junk if isinstance(junk, bytes) else junk.replace("\x00", "%00").encode())
        )
        response = client.post(path, body, content_type="application/x-www-form-urlencoded")
        assert response.status_code in statuses, field
    assert User.objects.values().get(pk=owner.user_id) == before


@pytest.mark.parametrize("path", [*PUBLIC, *OWN])
def test_long_and_strange_words_are_answered(owner: Membership, path: str) -> None:
    client = signed_in(owner) if path in OWN else Client()
    for word in ("x" * 5_000, "𝔘𝔫𝔦💧\u202e", "' OR 1=1 --", "{{ 7*7 }}", "%(name)s", "-1"):
        response = client.post(path, dict.fromkeys(FIELDS, word))
        assert response.status_code < 500


@pytest.mark.parametrize(
    "path", ["/pictures/1/%00.webp", "/pictures/999999999999999999999/x.webp", "/profile/sessions/0/ending/"]
)
def test_strange_addresses_are_not_there(owner: Membership, path: str) -> None:
    assert signed_in(owner).get(path).status_code in {400, 404, 405}
