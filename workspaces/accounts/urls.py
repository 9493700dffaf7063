"""Routes of accounts: those of allauth that we use, at addresses of our own, and ours.

allauth finds its views by these names, so they stand outside any namespace. What is not here does not exist.
"""

from typing import Any

from allauth.account import views as account
from allauth.core.internal import ratelimit
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.db import transaction
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from workspaces.accounts.views import entrance, places, profile, security


def page(view: Any) -> Any:
    """GET and POST only: Django's form views take PUT for POST."""
    return require_http_methods(["GET", "HEAD", "POST"])(view)


def shown(view: Any) -> Any:
    """GET only."""
    return require_safe(view)


def whole(view: Any) -> Any:
    """All of it or nothing: what the view and its signals write is one transaction."""
    return transaction.atomic(view)


def counted(view: Any) -> Any:
    """Guesses at a code are few: allauth counts them by session, this counts them by address."""
    return ratelimit.decorator(app="allauth.account", action="confirm_code")(view)


urlpatterns = [
    # In and out
    path("login/", page(entrance.log_in), name="account_login"),
    path("login/passkey/", page(entrance.passkey_login), name="mfa_login_webauthn"),
    path("login/second-step/", page(counted(entrance.second_step)), name="mfa_authenticate"),
    path("logout/", page(account.logout), name="account_logout"),
    path("signup/", page(entrance.sign_up), name="account_signup"),
    path("verify/", page(counted(whole(entrance.email_code))), name="account_email_verification_sent"),
    path("start-over/", entrance.start_over, name="account_start_over"),
    path("closed/", shown(account.account_inactive), name="account_inactive"),
    path("language/", entrance.language, name="language"),
    # A forgotten password
    path("reset/", page(account.password_reset), name="account_reset_password"),
    path("reset/code/", page(counted(entrance.reset_code)), name="account_confirm_password_reset_code"),
    path("reset/password/", page(whole(entrance.reset_password)), name="account_complete_password_reset"),
    path("reset/done/", shown(account.password_reset_from_key_done), name="account_password_reset_completed"),
    # Showing again who one is
    path("confirm/", page(never_cache(account.reauthenticate)), name="account_reauthenticate"),
    path("confirm/code/", page(never_cache(second_factor.reauthenticate)), name="mfa_reauthenticate"),
    path("confirm/passkey/", page(security.confirm_by_passkey), name="mfa_reauthenticate_webauthn"),
    # The person
    path("profile/", profile.profile, name="profile"),
    path("profile/theme/", profile.theme, name="theme"),
    path("profile/picture/", profile.picture_change, name="picture_change"),
    path("profile/deletion/", profile.deletion, name="account_deletion"),
    path("pictures/<int:user_id>/<slug:version>.webp", profile.picture, name="picture"),
    # What guards the account
    path("profile/security/", security.security, name="mfa_index"),
    path("profile/security/", security.security, name="mfa_list_webauthn"),
    path("profile/security/email/", page(account.email), name="account_email"),
    path("profile/security/password/", page(whole(account.password_change)), name="account_change_password"),
    path("profile/security/password/first/", page(whole(account.password_set)), name="account_set_password"),
    path("profile/security/app/", page(never_cache(totp.activate_totp)), name="mfa_activate_totp"),
    path("profile/security/app/removal/", page(whole(totp.deactivate_totp)), name="mfa_deactivate_totp"),
    path("profile/security/codes/", security.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "profile/security/codes/new/", page(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"
    ),
    path("profile/security/passkeys/new/", page(whole(security.add_passkey)), name="mfa_add_webauthn"),
    path("profile/security/passkeys/<int:pk>/name/", page(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "profile/security/passkeys/<int:pk>/removal/",
        whole(webauthn.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    # Where one is logged in
    path("profile/sessions/", places.listing, name="usersessions_list"),
    path("profile/sessions/others/ending/", places.ending_of_others, name="sessions_ending"),
    path("profile/sessions/<int:pk>/ending/", places.ending, name="session_ending"),
]
