"""A person's own account."""

from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile

from tests.access.rows import EVERYONE, Kind, Row, World
from workspaces.accounts import actions

TO_LOG_IN = frozenset({302})  # nothing is half done in this browser: back to the beginning


def picture(world: World) -> dict[str, object]:
    user = world.owner.user
    actions.set_picture(user, ContentFile(b"RIFF", name="0123abcd.webp"))
    return {"user_id": user.pk, "version": user.picture_url.rpartition("/")[2].removesuffix(".webp")}


def session(world: World) -> dict[str, object]:
    return {"pk": 1}


def app(world: World) -> dict[str, object]:
    Authenticator.objects.create(user=world.owner.user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return {}


def passkey(world: World) -> dict[str, object]:
    data = {"name": "Key"}
    row = Authenticator.objects.create(user=world.owner.user, type=Authenticator.Type.WEBAUTHN, data=data)
    return {"pk": row.pk}


ROWS = [
    # In and out
    Row("account_login", Kind.GUEST, get=EVERYONE, post=EVERYONE),
    Row("mfa_login_webauthn", Kind.GUEST, get=EVERYONE, post=EVERYONE, ok=TO_LOG_IN),
    Row("mfa_authenticate", Kind.GUEST, get=EVERYONE, post=EVERYONE, ok=TO_LOG_IN),
    Row("account_signup", Kind.GUEST, get=EVERYONE, post=EVERYONE, ok=frozenset({403})),  # it is closed
    Row("account_logout", Kind.PUBLIC, get=EVERYONE, post=EVERYONE, ok=TO_LOG_IN),
    Row("account_email_verification_sent", Kind.PUBLIC, get=EVERYONE, post=EVERYONE, ok=TO_LOG_IN),
    Row("account_start_over", Kind.PUBLIC, post=EVERYONE, ok=TO_LOG_IN),
    Row("account_inactive", Kind.PUBLIC, get=EVERYONE),
    Row("language", Kind.PUBLIC, post=EVERYONE),
    Row("account_reset_password", Kind.PUBLIC, get=EVERYONE, post=EVERYONE),
    Row("account_confirm_password_reset_code", Kind.PUBLIC, get=EVERYONE, post=EVERYONE),
    Row("account_complete_password_reset", Kind.PUBLIC, get=EVERYONE, post=EVERYONE),
    Row("account_password_reset_completed", Kind.PUBLIC, get=EVERYONE),
    # Showing again who one is
    Row("account_reauthenticate", Kind.ACCOUNT, get=EVERYONE, post=EVERYONE),
    Row("mfa_reauthenticate", Kind.ACCOUNT, get=EVERYONE, post=EVERYONE),
    Row("mfa_reauthenticate_webauthn", Kind.ACCOUNT, get=EVERYONE, post=EVERYONE),
    # The person
    Row("profile", Kind.ACCOUNT, get=EVERYONE, post=EVERYONE),
    Row("theme", Kind.ACCOUNT, post=EVERYONE),
    Row("picture_change", Kind.ACCOUNT, post=EVERYONE),
    Row("picture", Kind.ACCOUNT, get=EVERYONE, target=picture),
    Row("account_deletion", Kind.ACCOUNT, get=EVERYONE, post=EVERYONE),
    # What guards the account
    Row("mfa_index", Kind.ACCOUNT, get=EVERYONE),
    Row("mfa_list_webauthn", Kind.ACCOUNT, get=EVERYONE),
    Row("account_email", Kind.ACCOUNT, get=EVERYONE, post=EVERYONE),
    Row("account_change_password", Kind.ACCOUNT, get=EVERYONE, post=EVERYONE),
    Row("account_set_password", Kind.ACCOUNT, get=EVERYONE, post=EVERYONE),
    Row("mfa_activate_totp", Kind.ACCOUNT, get=EVERYONE, post=EVERYONE),
    Row("mfa_deactivate_totp", Kind.ACCOUNT, get=EVERYONE, post=EVERYONE, target=app),
    Row("mfa_view_recovery_codes", Kind.ACCOUNT, get=EVERYONE),
    Row("mfa_generate_recovery_codes", Kind.ACCOUNT, get=EVERYONE, post=EVERYONE),
    Row("mfa_add_webauthn", Kind.ACCOUNT, get=EVERYONE, post=EVERYONE),
    Row("mfa_edit_webauthn", Kind.ACCOUNT, get=EVERYONE, post=EVERYONE, target=passkey),
    Row("mfa_remove_webauthn", Kind.ACCOUNT, get=EVERYONE, post=EVERYONE, target=passkey),
    # Where one is logged in
    Row("usersessions_list", Kind.ACCOUNT, get=EVERYONE),
    Row("sessions_ending", Kind.ACCOUNT, post=EVERYONE),
    Row("session_ending", Kind.ACCOUNT, post=EVERYONE, target=session),
]
