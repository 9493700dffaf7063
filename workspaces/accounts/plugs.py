"""What accounts plug into the floor below."""

from django.utils.translation import gettext_lazy as _

from crm import encryption
from crm.ui import rail, settings_pages, slots
from workspaces.accounts import signals

PAGES = (
    ("profile", _("Profile"), "circle-user", "profile", _("name, picture, language, time zone")),
    ("security", _("Security"), "shield-check", "mfa_index", _("password, passkeys, second step")),
    ("sessions", _("Where I am logged in"), "monitor-smartphone", "usersessions_list", _("devices, log out")),
)


def register_all() -> None:
    """From AppConfig.ready()."""
    signals.connect()
    encryption.register_embedded("mfa.Authenticator", "data")
    slots.fill("theme", "theme", scoped=False)
    slots.fill("language", "language", scoped=False)
    settings_pages.register(
        settings_pages.Entry(
            "back",
            _("To the workspace"),
            "arrow-left",
            "workspaces:home",
            order=500,
            scoped=False,
            exact=True,
            allowed=lambda request: not hasattr(request, "workspace"),
        )
    )
    for order, (key, label, icon, url_name, keywords) in enumerate(PAGES, start=1):
        # exact: the address of the profile is the beginning of the others'
        entry = {"url_name": url_name, "scoped": False, "keywords": keywords, "exact": key == "profile"}
        settings_pages.register(
            settings_pages.Entry(key, label, icon, group=_("You"), order=500 + order, **entry)  # type: ignore[arg-type]
        )
        rail.register_person(rail.Entry(key, label, icon, order=order, **entry))  # type: ignore[arg-type]
