"""Who logs in, and who a session belongs to: Django's and allauth's backends; the query of every page is prepared."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet

from crm.prepared import Prepared
from workspaces.models import User


def _person(pk: int) -> QuerySet[User]:
    return User.objects.filter(pk=pk)


_PERSON = Prepared(_person, pk=-1)


class _FindsFast:
    def get_user(self, user_id: Any) -> User | None:
        """The active person with this id."""
        user = _PERSON.first(pk=int(user_id))
        return user if user is not None and user.is_active else None


class Permissions(_FindsFast, ModelBackend):
    """Django's own, which also reads permissions given as rows."""


class Accounts(_FindsFast, AuthenticationBackend):
    """allauth's: by e-mail address."""
