"""Sessions in PostgreSQL, as Django keeps them; the query of every page is prepared."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from crm.prepared import Prepared


def _alive(key: str, now: dt.datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


_ALIVE = Prepared(_alive, key="?", now=dt.datetime.min.replace(tzinfo=dt.UTC))


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        session = _ALIVE.first(key=self.session_key, now=timezone.now())
        if session is None:
            self._session_key = None
        return session
