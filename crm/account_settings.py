"""Settings of accounts, for django-allauth; part of `crm.settings`. Nothing here comes from the environment.

Codes rather than links: scanners of mail click links, and a code is typed where one is (docs/decisions/codes.md).
"""

ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}
ACCOUNT_ADAPTER = "workspaces.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 3
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = 2
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # the second factor is asked for all the same
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_TIMEOUT = 15 * 60
ACCOUNT_FORMS = {
    "login": "workspaces.accounts.forms.account.LogInForm",
    "signup": "workspaces.accounts.forms.account.SignUpForm",
    "add_email": "workspaces.accounts.forms.account.NewEmailForm",
    "change_email": "workspaces.accounts.forms.account.OtherEmailForm",
    "change_password": "workspaces.accounts.forms.account.ChangePasswordForm",
    "set_password": "workspaces.accounts.forms.account.SetPasswordForm",
    "reset_password": "workspaces.accounts.forms.account.ForgottenForm",
    "reset_password_from_key": "workspaces.accounts.forms.account.NewPasswordForm",
    "reauthenticate": "workspaces.accounts.forms.account.ConfirmForm",
    "confirm_email_verification_code": "workspaces.accounts.forms.account.EmailCodeForm",
    "confirm_password_reset_code": "workspaces.accounts.forms.account.ResetCodeForm",
}
# amount/period/per, counted in PostgreSQL (crm.limits): they hold without Redis. From confirm_code on they are ours.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,100/h/ip,5/5m/key",
    "signup": "10/m/ip,50/h/ip",
    "confirm_email": "3/m/key,10/h/key",
    "reset_password": "10/m/ip,3/5m/key,20/d/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "confirm_code": "20/m/ip,100/h/ip",
    "profile": "60/m/user",
    "avatar": "20/h/user",
    "sessions": "30/m/user",
    "delete_account": "5/m/user",
}
MFA_ADAPTER = "workspaces.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey is two factors only where the device asks who holds it.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "Cauce"
# Clocks of phones; a used code is refused for as long as it could be valid (accounts.forms.second_step).
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = {"webauthn_login": "20/m/ip"}
MFA_FORMS = {
    "authenticate": "workspaces.accounts.forms.second_step.SecondFactorForm",
    "reauthenticate": "workspaces.accounts.forms.second_step.ConfirmCodeForm",
    "activate_totp": "workspaces.accounts.forms.second_step.ActivateAppForm",
    "login_webauthn": "workspaces.accounts.forms.second_step.PasskeyLogInForm",
    "authenticate_webauthn": "workspaces.accounts.forms.second_step.PasskeyStepForm",
    "reauthenticate_webauthn": "workspaces.accounts.forms.second_step.PasskeyConfirmForm",
    "add_webauthn": "workspaces.accounts.forms.second_step.AddPasskeyForm",
    "edit_webauthn": "workspaces.accounts.forms.second_step.RenamePasskeyForm",
}
USERSESSIONS_ADAPTER = "workspaces.accounts.adapter.SessionsAdapter"
