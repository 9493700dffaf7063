"""Telling the scripts: rows of leads, placements, messages and events, gathered and then written at once."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from crm import feed
from directory import phones
from directory.models import (
    CloseReason,
    ContactPoint,
    Event,
    Lead,
    LeadTag,
    Origin,
    Placement,
    Source,
    Tag,
)
from directory.ordering import at_top
from directory.verbs import Verb
from funnels.models import Stage
from inbox.demo import contents, pictures
from inbox.demo.people import Customer, customer
from inbox.demo.scripts import COLOURS, ENDINGS, PRODUCTS, SCRIPTS, SIZES, Script
from inbox.models import (
    Attachment,
    Channel,
    Delivery,
    Direction,
    Identity,
    IdentityKey,
    Message,
    MessageKind,
    ReadFloor,
    ReadMark,
    Session,
)
from workspaces.models import Membership, Workspace

WINDOW = timedelta(hours=24)


@dataclass
class Telling:
    workspace: Workspace
    chance: random.Random
    people: dict[str, Membership]
    stages: dict[tuple[str, int], Stage]
    channels: list[Channel]
    tags: dict[str, Tag]
    reasons: dict[tuple[str, str], CloseReason]
    now: datetime = field(default_factory=timezone.now)
    rows: dict[type[Any], list[Any]] = field(default_factory=dict)
    threads: list[tuple[Placement, list[Message]]] = field(default_factory=list)

    def add(self, number: int, *, by_telegram: bool = False) -> None:
        """One lead, with its conversation: by WhatsApp, by the site's chat, or by the bot."""
        script = self.chance.choices(SCRIPTS, [one.weight for one in SCRIPTS])[0]
        who = customer(self.chance, number, company=script.funnel == "Mayoreo" and self.chance.random() < 0.5)
        by_site = not by_telegram and script.funnel != "Mayoreo" and self.chance.random() < 0.15
        by_phone = not (by_site or by_telegram)
        channel = self.channels[2 if by_telegram else 1 if by_site else 0]
        server = self._server(script)
        lines = self._timed(script, who, by_site=by_site)
        began, ended = lines[0][1], lines[-1][1]
        lead = self._keep(
            Lead(
                workspace=self.workspace,
                name=who.name,
                city=who.city if self.chance.random() < 0.6 else "",
                direction=Direction.IN if lines[0][0] == "c" else Direction.OUT,
                source=Source.CHANNEL,
                created_at=began,
            )
        )
        self._reach(lead, who, by_phone=by_phone)
        identity = self._keep(
            Identity(workspace=self.workspace, lead=lead, channel=channel, name=who.name, created_at=began)
        )
        key = (
            f"visitor:demo-{number}" if by_site else f"wa:{who.digits}" if by_phone else f"tg:{tg_id(number)}"
        )
        self._keep(IdentityKey(workspace=self.workspace, channel=channel, identity=identity, key=key))
        said = [at for speaker, at, _what in lines if speaker == "c"]
        window = max(said) + WINDOW if said and by_phone else None
        session = self._keep(
            Session(
                workspace=self.workspace,
                identity=identity,
                channel=channel,
                window_ends_at=window,
                opened_at=began,
            )
        )
        messages = [
            self._message(lead, identity, session, channel, speaker, at, what, server)
            for speaker, at, what in lines
        ]
        if by_telegram:
            for place, message in enumerate(messages, start=1):
                message.external_id = f"{tg_id(number)}:{place}"
                message.sequence = place
                message.delivery = (
                    Delivery.SENT if message.delivery else Delivery.NONE
                )  # no bot hears of more
        placement = self._placement(lead, script, channel, server, lines, window)
        for name in script.tags + (("vip",) if self.chance.random() < 0.05 else ()):
            self._keep(LeadTag(workspace=self.workspace, lead=lead, tag=self.tags[name]))
        self._events(placement, script, server, began, ended)
        self.threads.append((placement, messages))

    def write(self) -> None:
        """Parents first; then the placements learn their messages' ids."""
        self.rows[Message].sort(key=lambda message: message.sent_at)  # ids in the order of arrival
        for model in (Lead, ContactPoint, Identity, IdentityKey, Session, Message, Attachment, LeadTag):
            model.objects.bulk_create(self.rows.get(model, []))
        for placement, messages in self.threads:
            placement.lead_id = placement.lead.pk
            placement.last_message_id = messages[-1].pk
            inbound = [message.pk for message in messages if message.direction == Direction.IN]
            placement.last_inbound_id = max(inbound, default=None)
        Placement.objects.bulk_create([placement for placement, _messages in self.threads])
        Event.objects.bulk_create(sorted(self.rows[Event], key=lambda event: event.created_at))
        feed.announce(Event)
        self._read()

    def _keep(self, row: Any) -> Any:
        self.rows.setdefault(type(row), []).append(row)
        return row

    def _server(self, script: Script) -> Membership | None:
        """Who serves the lead: somebody of the funnel's team."""
        if not script.is_assigned or not script.funnel:
            return None
        team = {"Mayoreo": ("diego", "valeria", "emilio"), "Tienda": ("jorge", "camila", "daniela", "diego")}
        return self.people[self.chance.choice(team[script.funnel])]

    def _timed(self, script: Script, who: Customer, *, by_site: bool) -> list[tuple[str, datetime, str]]:
        """The lines at their times; the last some minutes to weeks ago, most of them lately."""
        words = {
            "nombre": who.name.split("·")[0].split()[0],
            "ciudad": who.city,
            "correo": who.email,
            "producto": self.chance.choice(PRODUCTS),
            "color": self.chance.choice(COLOURS),
            "talla": self.chance.choice(SIZES),
            "piezas": str(self.chance.choice((24, 40, 60, 80, 120, 150))),
            "precio": f"{self.chance.randrange(12, 64) * 25:,}",
            "folio": str(self.chance.randrange(1200, 9800)),
        }
        is_done = script.outcome or script.status == "done"
        least, most = (60 * 30, 60 * 24 * 28) if is_done else (2, 60 * 24 * 9)
        ago = least + (most - least) * self.chance.random() ** 2.6
        lines = [
            (speaker, wait * self.chance.uniform(0.7, 1.4), what) for speaker, wait, what in script.lines
        ]
        if (
            script.is_assigned
            and lines[-1][0] == "c"
            and self.chance.random() < (0.85 if ago > 60 * 18 else 0.4)
        ):
            lines.append(("a", self.chance.uniform(2, 50), self.chance.choice(ENDINGS)))
        at = self.now - timedelta(minutes=ago + len(lines) + sum(wait for _speaker, wait, _what in lines))
        told = []
        for speaker, wait, what in lines:
            at += timedelta(minutes=wait, seconds=self.chance.randrange(4, 50))
            text = self.chance.choice(what.split(" | "))
            if by_site and text.startswith("*voice"):
                text = "Hola, ¿me pueden ayudar?"
            for name, word in words.items():
                text = text.replace("{" + name + "}", word)
            told.append((speaker, at, text))
        return told

    def _reach(self, lead: Lead, who: Customer, *, by_phone: bool) -> None:
        if by_phone and (phone := phones.from_provider(who.digits)):
            self._keep(self._point(lead, "phone", phone.raw, phone.e164, phone.match_key, verified=True))
        if not by_phone or self.chance.random() < 0.4:
            self._keep(self._point(lead, "email", who.email, who.email, who.email, verified=False))

    def _point(
        self, lead: Lead, kind: str, raw: str, value: str, key: str, *, verified: bool
    ) -> ContactPoint:
        return ContactPoint(
            workspace=self.workspace,
            lead=lead,
            kind=kind,
            raw=raw,
            value=value,
            match_key=key,
            is_verified=verified,
            created_at=lead.created_at,
        )

    def _message(
        self,
        lead: Lead,
        identity: Identity,
        session: Session,
        channel: Channel,
        speaker: str,
        at: datetime,
        what: str,
        server: Membership | None,
    ) -> Message:
        ours = speaker == "a"
        kind, text, data = contents.content(what)
        old = self.now - at > timedelta(hours=3)
        delivery = Delivery.NONE if not ours else (Delivery.READ if old else Delivery.DELIVERED)
        message: Message = self._keep(
            Message(
                workspace=self.workspace,
                lead=lead,
                channel=channel,
                identity=identity,
                session=session,
                direction=Direction.OUT if ours else Direction.IN,
                kind=kind,
                text=text,
                data=data,
                author=server if ours else None,
                sent_at=at,
                created_at=at,
                delivery=delivery,
                delivery_at=at + timedelta(seconds=40) if ours else None,
            )
        )
        message.external_id = f"demo.{message.uid.hex}"
        if kind in (MessageKind.IMAGE, MessageKind.VOICE, MessageKind.DOCUMENT):
            self._attach(message, what)
        return message

    def _attach(self, message: Message, what: str) -> None:
        made = pictures.file_for(str(message.kind), what, self.chance)
        name = f"{self.workspace.pk}/inbox/demo-{message.uid.hex}"
        stored = default_storage.save(name, ContentFile(made.content))
        self._keep(
            Attachment(
                workspace=self.workspace,
                message=message,
                kind=message.kind,
                name=made.name,
                mime=made.mime,
                size=len(made.content),
                width=made.width,
                height=made.height,
                file=stored,
                state=Attachment.State.READY,
                created_at=message.created_at,
            )
        )

    def _placement(
        self,
        lead: Lead,
        script: Script,
        channel: Channel,
        server: Membership | None,
        lines: list[tuple[str, datetime, str]],
        window: datetime | None,
    ) -> Placement:
        waiting = None
        for speaker, at, _what in lines:
            waiting = (waiting or at) if speaker == "c" else None
        reason = self.reasons[script.outcome, script.reason] if script.outcome else None
        ended = lines[-1][1]
        is_old = self.now - ended > timedelta(days=15)
        stage = self.stages[script.funnel, script.stage] if script.stage is not None else None
        return Placement(
            workspace=self.workspace,
            lead=lead,
            stage=stage,
            position=at_top(int(lead.created_at.timestamp() * 1_000_000)),
            stage_since=lines[len(lines) // 2][1],
            assignee=server,
            status=script.status,
            value=self._value() if stage else None,
            outcome=script.outcome,
            close_reason=reason,
            closed_at=ended if script.outcome else None,
            is_archived=is_old and bool(script.outcome) and self.chance.random() < 0.5,
            is_starred=self.chance.random() < 0.06,
            created_at=lead.created_at,
            last_activity_at=ended,
            last_inbound_at=max((at for speaker, at, _what in lines if speaker == "c"), default=None),
            waiting_since=waiting,
            window_ends_at=window,
            channel_id=channel.pk,
        )

    def _value(self) -> Decimal:
        """Of what a shop of home textiles sells: some sheets, or a hotel's."""
        return Decimal(self.chance.choice((450, 690, 890, 1_250, 1_690, 2_480, 3_900, 6_400, 12_500, 28_000)))

    def _events(
        self,
        placement: Placement,
        script: Script,
        server: Membership | None,
        began: datetime,
        ended: datetime,
    ) -> None:
        self._event(placement, Verb.CREATED, began, None, facts={"source": "channel"})
        if server:
            soon = began + (ended - began) / 4 + timedelta(seconds=30)
            self._event(placement, Verb.ASSIGNED, soon, server, {"assignee_id": [None, server.pk]})
        if server and placement.stage:
            moved = began + (ended - began) / 2 + timedelta(seconds=40)
            self._event(placement, Verb.MOVED, moved, server, {"stage_id": [None, placement.stage_id]})
        if server and script.outcome:
            verb = Verb.WON if script.outcome == "won" else Verb.LOST
            reason = [None, placement.close_reason_id]
            self._event(
                placement, verb, ended, server, {"outcome": ["", script.outcome], "close_reason_id": reason}
            )

    def _event(
        self,
        placement: Placement,
        verb: Verb,
        at: datetime,
        actor: Membership | None,
        changes: dict[str, Any] | None = None,
        facts: dict[str, Any] | None = None,
    ) -> None:
        self._keep(
            Event(
                workspace=self.workspace,
                lead_id=placement.lead.pk,
                verb=verb,
                actor=actor,
                origin=Origin.WEB if actor else Origin.CHANNEL,
                changes=changes or {},
                facts=facts or {},
                created_at=min(at, self.now),
            )
        ).lead = placement.lead

    def _read(self) -> None:
        """Everyone has read what came before the last hours."""
        waiting = [
            message.pk
            for _placement, messages in self.threads
            for message in messages
            if message.direction == Direction.IN and self.now - message.sent_at < timedelta(hours=7)
        ]
        floor = min(waiting, default=0) - 1 if waiting else 0
        ReadFloor.objects.bulk_create(
            [
                ReadFloor(workspace=self.workspace, membership=person, message_id=max(floor, 0))
                for person in self.people.values()
            ]
        )
        ReadMark.objects.bulk_create(
            ReadMark(workspace=self.workspace, membership=author, lead=placement.lead, message_id=pk)
            for placement, messages in self.threads
            for author, pk in _answered(messages).items()
        )


def tg_id(number: int) -> int:
    """What Telegram calls the demo's `number`th customer."""
    return 5_900_000_000 + number


def _answered(messages: list[Message]) -> dict[Membership, int]:
    """Who wrote has read what stood there then: the last message before theirs, by author."""
    read: dict[Membership, int] = {}
    before = 0
    for message in messages:
        if message.direction == Direction.IN:
            before = message.pk
        elif message.author and before:
            read[message.author] = before
    return read
