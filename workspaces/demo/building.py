"""Building the demo: everything by the actions that people themselves use, in the order of a month, then dated so."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone, translation

from crm.mail.models import Message
from crm.origin import Origin, acting
from crm.tenancy import scope
from crm.work.models import Item
from workspaces.actions import audit, hours, invitations, memberships, operating, teams, workspaces
from workspaces.demo import cast, chapters
from workspaces.demo.cast import Character
from workspaces.models import (
    AuditEntry,
    Availability,
    Invitation,
    Membership,
    Role,
    Team,
    User,
    Verb,
    Workspace,
)

DAYS = 30
OPEN = [(day, time(9), time(14)) for day in range(6)] + [(day, time(16), time(19)) for day in range(5)]


def build() -> bool:
    """Make the demo unless it is there; returns whether it was made. Each chapter all of it or nothing."""
    is_new = not User.objects.filter(email=cast.OWNER.email).exists()
    with translation.override("es"):
        if is_new:
            with transaction.atomic():
                Demo().build()
        owner = (
            Membership.objects.owned_by(User.objects.get(email=cast.OWNER.email).pk).order_by("pk").first()
        )
        for chapter in chapters.in_order() if owner else ():
            with transaction.atomic(), scope(owner.workspace_id):  # type: ignore[union-attr]
                chapter.tell(owner.workspace)  # type: ignore[union-attr]
    return is_new


class Demo:
    """One run. `at` says when an act happened and on whose device; acts are played in that order."""

    def __init__(self) -> None:
        self.chance = random.Random(2026)  # noqa: S311 (the same demo for everyone)
        self.began = timezone.now() - timedelta(days=DAYS)
        self.password = make_password(cast.PASSWORD)  # once: hashing is slow on purpose
        self.plan: list[tuple[datetime, Character, Callable[[], object]]] = []
        self.users: dict[str, User] = {}
        self.workspaces: list[Workspace] = []

    def build(self) -> None:
        for character in (cast.OWNER, cast.OTHER_OWNER):
            self._person(character)
        operating.set_operator(self._person(cast.OPERATOR), by=None, operates=True)
        with self._playing(cast.OWNER, self.began):
            self.owner = self._workspace(cast.OWNER, "Ventas MX", "America/Mexico_City")
        with self._playing(cast.OTHER_OWNER, self.began + timedelta(hours=3)):
            self.other = self._workspace(cast.OTHER_OWNER, "Estudio Norte", "America/Monterrey")
        self._plan_people()
        self._plan_settings()
        self._plan_teams()
        self._plan_changes()
        self._plan_log_ins()
        for moment, character, act in sorted(self.plan, key=lambda planned: planned[0]):
            with self._playing(character, moment):
                act()
        self._invite_openly()
        self._set_presence()

    def at(self, day: float, character: Character, act: Callable[..., object], *args: Any) -> None:
        """Plan `act(*args)`: `day` days and some hours after the beginning, never in the future."""
        moment = self.began + timedelta(days=day, minutes=self.chance.randrange(0, 300))
        latest = timezone.now() - timedelta(minutes=5)
        self.plan.append((min(moment, latest), character, partial(act, *args)))

    def member(self, character: Character, workspace: Workspace | None = None) -> Membership:
        rows = Membership.objects.of_workspace(workspace or self.owner.workspace)
        return rows.get(user=self.users[character.handle])

    def _plan_people(self) -> None:
        for one in (*cast.ADMINS, *cast.SELLERS, cast.LEAVER):
            self.at(one.day, cast.OWNER, self._join, one, self.owner)
        self.at(2, cast.OTHER_OWNER, self._join, cast.OTHER_SELLER, self.other)
        self.at(6, cast.OTHER_OWNER, self._join, cast.OWNER, self.other, Role.ADMIN)

    def _plan_settings(self) -> None:
        self.at(0.2, cast.OWNER, self._open_hours)
        for month, day, name in cast.HOLIDAYS:
            self.at(0.4, cast.OWNER, self._holiday, month, day, name)
        self.at(14, cast.ADMINS[0], self._rename, "Ventas México")
        self.at(15, cast.OWNER, self._rename, "Ventas MX")

    def _plan_teams(self) -> None:
        for index, (name, colour) in enumerate(cast.TEAMS):
            self.at(11, cast.ADMINS[0], self._team, index, name, colour)

    def _plan_changes(self) -> None:
        for one in cast.SELLERS:
            if one.tools or one.switches:
                self.at(12, cast.ADMINS[0], self._access, one)
        self.at(13, cast.OWNER, self._supervise, cast.SELLERS[1], "Mayoreo")
        self.at(16, cast.OWNER, self._promote, cast.ADMINS[1])
        self.at(19, cast.SELLERS[3], self._note, cast.SELLERS[3], Verb.PASSWORD_RESET)
        self.at(21, cast.ADMINS[0], self._deactivate, cast.LEAVER, cast.SELLERS[0])
        self.at(24, cast.ADMINS[1], self._note, cast.ADMINS[1], Verb.PASSWORD_CHANGED)

    def _plan_log_ins(self) -> None:
        """Log-ins on most days, and a few that failed, from the day after each joined."""
        for one in (cast.OWNER, *cast.ADMINS, *cast.SELLERS):
            for day in range(one.day + 1, DAYS):
                dice = self.chance.random()
                if dice < 0.52:
                    self.at(day, one, self._note, one, Verb.SIGNED_IN, {"by": [None, "password"]})
                if dice < 0.03:
                    self.at(day - 0.01, one, self._note, one, Verb.SIGN_IN_FAILED)
                if 0.4 < dice < 0.48:
                    self.at(day + 0.3, one, self._note, one, Verb.SIGNED_OUT)

    def _person(self, character: Character) -> User:
        if character.handle not in self.users:
            user = User(email=character.email, password=self.password, name=character.name, language="es")
            user.save()
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            User.objects.filter(pk=user.pk).update(joined_at=self.began + timedelta(days=character.day))
            self.users[character.handle] = user
        return self.users[character.handle]

    def _workspace(self, character: Character, name: str, zone: str) -> Membership:
        owner = workspaces.create(
            by=self.users[character.handle], name=name, time_zone=zone, language="es", currency="MXN"
        )
        Workspace.objects.filter(pk=owner.workspace_id).update(created_at=self.began)
        self.workspaces.append(owner.workspace)
        return owner

    def _join(self, character: Character, owner: Membership, role: Role | None = None) -> None:
        """Invited and there: nothing of that mail is left to read."""
        with scope(owner.workspace_id):
            invitation = invitations.invite(
                by=owner, email=character.email, role=role or Role(character.role)
            )
            user = self._person(character)
            invitations.accept(invitation, by=user)
        sent = Message.objects.filter(recipients__contains=[character.email])
        Item.objects.filter(kind="mail", correlation__in=[message.uid.hex for message in sent]).delete()
        sent.delete()

    def _open_hours(self) -> None:
        self._scoped(hours.replace, by=self.owner, stretches=OPEN)

    def _holiday(self, month: int, day: int, name: str) -> None:
        today = timezone.localdate()
        coming = date(today.year + (1 if (month, day) < (today.month, today.day) else 0), month, day)
        self._scoped(hours.add_holiday, by=self.owner, day=coming, name=name)

    def _rename(self, name: str) -> None:
        self._scoped(workspaces.change, self.owner.workspace, by=self.owner, name=name)

    def _team(self, index: int, name: str, colour: str) -> None:
        people = [self.member(one) for one in (*cast.ADMINS, *cast.SELLERS, cast.LEAVER) if one.team == index]
        self._scoped(teams.create, by=self.member(cast.ADMINS[0]), name=name, colour=colour, people=people)

    def _access(self, character: Character, granted: dict[str, set[int]] | None = None) -> None:
        self._scoped(
            memberships.change_access,
            self.member(character),
            by=self.member(cast.ADMINS[0]),
            tools_held=list(character.tools),
            switches=character.switches,
            granted=granted or {},
        )

    def _supervise(self, character: Character, team: str) -> None:
        with scope(self.owner.workspace_id):
            pk = Team.objects.get(name=team).pk
        self._access(character, {"workspaces.supervise_team": {pk}})

    def _promote(self, character: Character) -> None:
        memberships.change_role(self.member(character), by=self.owner, role=Role.ADMIN)

    def _deactivate(self, character: Character, successor: Character) -> None:
        memberships.deactivate(
            self.member(character), by=self.member(cast.ADMINS[0]), successor=self.member(successor)
        )

    def _note(self, character: Character, verb: Verb, changes: audit.Changes | None = None) -> None:
        audit.record_for_person(self.users[character.handle], verb=verb, changes=changes)

    def _invite_openly(self) -> None:
        """One invitation to follow (its mail is in the demo's mail reader), one whose time is over."""
        with self._playing(cast.OWNER, timezone.now() - timedelta(hours=5)), scope(self.owner.workspace_id):
            invitations.invite(by=self.owner, email=f"nora@{cast.DOMAIN}", role=Role.SELLER)
        long_ago = timezone.now() - timedelta(days=12)
        with self._playing(cast.ADMINS[0], long_ago), scope(self.owner.workspace_id):
            old = invitations.invite(
                by=self.member(cast.ADMINS[0]), email=f"pablo@{cast.DOMAIN}", role=Role.SELLER
            )
        Invitation.objects.filter(pk=old.pk).update(
            created_at=long_ago, sent_at=long_ago, expires_at=long_ago + timedelta(days=7)
        )

    def _set_presence(self) -> None:
        """About half of the people are active, since some minutes or hours."""
        for person in Membership.objects.active().filter(workspace__in=self.workspaces).order_by("pk"):
            here = person.is_owner or self.chance.random() < 0.5
            Membership.objects.filter(pk=person.pk).update(
                availability=Availability.ACTIVE if here else Availability.AWAY,
                availability_since=timezone.now() - timedelta(minutes=self.chance.randrange(3, 400)),
            )

    def _scoped(self, act: Callable[..., object], *args: object, **kwargs: object) -> None:
        with scope(self.owner.workspace_id):
            act(*args, **kwargs)

    @contextmanager
    def _playing(self, character: Character, moment: datetime) -> Iterator[None]:
        """What is noted inside happened at `moment`, on the character's device."""
        before = self._newest()
        ip, agent = cast.DEVICES[character.device]
        with acting(Origin("web", ip=ip, user_agent=agent)):
            yield
        for workspace in self.workspaces:
            with scope(workspace):
                AuditEntry.objects.filter(pk__gt=before).update(created_at=moment)
                Membership.objects.filter(workspace=workspace, joined_at__gt=self.started).update(
                    joined_at=moment
                )

    def _newest(self) -> int:
        self.started = timezone.now()
        newest = 0
        for workspace in self.workspaces:
            with scope(workspace):
                newest = max(
                    newest, AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
                )
        return newest
