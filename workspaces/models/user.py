"""A person who signs in. Outside tenancy: one person may belong to several workspaces."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Theme(models.TextChoices):
    AUTO = "auto", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=self.normalize_email(username))

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Whole address in lower case: two people never differ by the case of an address."""
        return (email or "").strip().lower()


class User(AbstractBaseUser, PermissionsMixin):
    """`PermissionsMixin` is here for django-guardian, whose grants are rows of this user; roles are not."""

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="es")
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, default=""
    )  # empty: the workspace's
    theme = models.CharField(_("appearance"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    avatar = models.ImageField(_("picture"), upload_to="avatars", blank=True)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)  # runs the installation: a role outside every workspace
    joined_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(name="user_email_is_lower_case", condition=models.Q(email=Lower("email"))),
            models.CheckConstraint(name="user_is_never_superuser", condition=models.Q(is_superuser=False)),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ", 1)[0]

    @property
    def picture_url(self) -> str:
        """Where the picture is served to those who may see it; empty without one. Changes with the picture."""
        return picture_url(self.pk, self.avatar.name or "")


def picture_url(user_id: int, avatar: str) -> str:
    """The same for who has read these columns alone."""
    if not avatar:
        return ""
    version = avatar.rsplit("/", 1)[-1].removesuffix(".webp")
    return reverse("picture", kwargs={"user_id": user_id, "version": version})
