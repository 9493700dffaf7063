"""A row as it is understood. A cell that means nothing refuses the whole row: it comes back in the error file, whole,
and is taken as a whole when it is mended. Nothing is taken half."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from crm.jobs.csv_files import DANGEROUS
from crm.ui import money
from directory import custom, networks, phones
from directory.actions.profiles import MOST as MOST_PROFILES
from directory.custom import Value
from directory.custom.cleaning import clean_link
from directory.importing import cells, numbers
from directory.importing.cells import Unclear
from directory.importing.planning import Plan
from directory.importing.reasons import NO_COLUMN
from directory.importing.records import Record
from directory.importing.targets import CUSTOM
from directory.models import CustomKind
from directory.models.profile import LONGEST_LINK
from workspaces.names import tidied

MOST_POINTS = 10  # phones, and as many addresses
MOST_NEW_TAGS = 200  # of an import: a column of something else would make thousands
LONGEST = {
    "name": 160,
    "first_name": 50,
    "second_name": 50,
    "last_name": 50,
    "city": 120,
    "address": 300,
    "delivery_address": 300,
    "notes": 10_000,
    "came_from": 80,
    "external_id": 120,
    "tag": 40,
    "point": 254,
}
LATEST_PER_DAY = 86_400
LONGEST_PHONE = 60
_BETWEEN_LINKS = r"[\s|]+|[;,](?=\s|https?:|$)"
_HANDLE = re.compile(r"@[\w.-]{1,80}|[\w-]{1,80}(?:\.[\w-]+)*(?<!\.com)(?<!\.net)", re.ASCII)
Problem = tuple[int, str, dict[str, Any]]
Point = tuple[str, str, str, str]  # kind, as written, what is sent to, match key

_email = EmailValidator()
# What the validator takes, and most are: told in a tenth of its time (a test holds them against each other).
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]{1,63}\.)+[a-z]{2,63}", re.ASCII | re.IGNORECASE
)


@dataclass(slots=True)
class Draft:
    """`stage` counts where `has_stage`: None is the Inbox. `tags` are names as written, by their folded form."""

    number: int
    problems: list[Problem] = field(default_factory=list)
    name: str = ""
    first_name: str = ""
    second_name: str = ""
    last_name: str = ""
    city: str = ""
    address: str = ""
    delivery_address: str = ""
    notes: str = ""
    came_from: str = ""
    external_id: str = ""
    points: list[Point] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    status: str | None = None
    has_stage: bool = False
    stage: int | None = None
    stage_column: int = NO_COLUMN
    assignee: int | None = None
    manager: int | None = None
    created: datetime | None = None
    value: Decimal | None = None
    custom: dict[int, Value] = field(default_factory=dict)
    profiles: dict[str, str] = field(default_factory=dict)  # networks by their links
    keys: list[tuple[str, str]] | None = None
    lead: Any = None  # a Standing, made ahead: what the row would make of somebody new

    @property
    def is_somebody(self) -> bool:
        return bool(self.name or self.points or self.first_name or self.second_name or self.last_name)

    def identities(self) -> list[tuple[str, str]]:
        """By which a lead is known again. Asked when the row is read, and kept."""
        if self.keys is None:
            found = [(kind, key) for kind, _raw, _value, key in self.points]
            self.keys = [("external_id", self.external_id), *found] if self.external_id else found
        return self.keys


Take = Callable[[Plan, Draft, int, str], None]


def draft(record: Record, plan: Plan) -> Draft:
    made = Draft(record.number)
    if record.problem:
        made.problems.append((NO_COLUMN, record.problem, {}))
        return made
    row = record.cells
    if len(row) > plan.width and any(cell.strip() for cell in row[plan.width :]):
        made.problems.append((NO_COLUMN, "extra_cells", {}))
        return made
    width = len(row)
    funnel = (NO_COLUMN, "")
    for place, key in plan.columns:
        text = row[place] if place < width else ""
        if not text or cells.is_blank(text):
            continue
        try:
            _check_text(text)
            if key == "funnel":
                funnel = (place, text)
            elif key == "stage":
                made.stage_column = place
            elif key.startswith(CUSTOM):
                _take_custom(plan, made, int(key[len(CUSTOM) :]), text)
            else:
                _TAKERS[key](plan, made, place, _plain(text))
        except Unclear as problem:
            made.problems.append((place, problem.code, problem.args_of_reason))
    _take_stage(plan, made, row, funnel)
    if not made.problems and not made.is_somebody:
        made.problems.append((NO_COLUMN, "nobody", {}))
    return made


def _check_text(text: str) -> None:
    if text.isascii() and (text.isprintable() or "\x00" not in text):
        return
    if "\x00" in text:
        raise Unclear("nul")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unclear("bytes") from None
    if "\ufffd" in text:
        raise Unclear("bytes")


def _plain(text: str) -> str:
    """Our own exports put an apostrophe before what a spreadsheet would run."""
    return text[1:] if text[0] == "'" and text[1:].startswith(DANGEROUS) else text


def _line(text: str, kind: str) -> str:
    """As `tidied`; what is printable and composed needs no look at each of its characters."""
    plain = text.isprintable() and (text.isascii() or unicodedata.is_normalized("NFC", text))
    found = " ".join(text.split())
    if not plain or not found[:1].isalnum():
        found = tidied(text)
    if len(found) > LONGEST[kind]:
        raise Unclear("too_long", number=LONGEST[kind])
    return found


def _take_joined(name: str, sign: str = " ") -> Take:
    """Of several columns, one after the other."""

    def take(plan: Plan, made: Draft, place: int, text: str) -> None:
        held = getattr(made, name)
        setattr(made, name, _line(f"{held}{sign}{text}" if held else text, name))

    return take


def _take_notes(plan: Plan, made: Draft, place: int, text: str) -> None:
    more = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    made.notes = f"{made.notes}\n{more}" if made.notes else more
    if len(made.notes) > LONGEST["notes"]:
        raise Unclear("too_long", number=LONGEST["notes"])


def _take_line(name: str) -> Take:
    def take(plan: Plan, made: Draft, place: int, text: str) -> None:
        setattr(made, name, plan.once(name, text, lambda text: _line(text, name)))

    return take


def _take_phones(plan: Plan, made: Draft, place: int, text: str) -> None:
    whole = _phone(text, plan.options.region)
    for one in [text] if whole else cells.parts(text):
        found = whole or _phone(one, plan.options.region)
        if found is None:
            raise Unclear("no_phone")
        _add_point(made, ("phone", one.strip()[:254], found.e164, found.match_key))


def _phone(text: str, region: str) -> phones.Phone | None:
    if len(text) > LONGEST_PHONE:
        return None
    return numbers.plain(text, region) or phones.parse(text, region or None)


def _take_emails(plan: Plan, made: Draft, place: int, text: str) -> None:
    if len(text) <= LONGEST["point"] and _PLAIN_EMAIL.fullmatch(text):
        _add_point(made, ("email", text, text.lower(), text.lower()))
        return
    for one in cells.parts(text, r"[;,|\s]+"):
        address = one.removeprefix("mailto:").strip("<>")
        try:
            _email(address)
        except ValidationError:
            raise Unclear("no_email") from None
        if len(address) > LONGEST["point"]:
            raise Unclear("too_long", number=LONGEST["point"])
        _add_point(made, ("email", address, address.lower(), address.lower()))


def _add_point(made: Draft, point: Point) -> None:
    if not made.points:
        made.points.append(point)
        return
    if any(point[0] == kind and point[3] == key for kind, _raw, _value, key in made.points):
        return
    if sum(1 for kind, *_rest in made.points if kind == point[0]) >= MOST_POINTS:
        raise Unclear("too_many_points", number=MOST_POINTS)
    made.points.append(point)


def _take_tags(plan: Plan, made: Draft, place: int, text: str) -> None:
    for key, name in plan.once("tags", text, _tags):
        if key not in plan.tags:
            if not plan.may_make_tags:
                raise Unclear("no_tag")
            plan.new_tags.setdefault(key, name)
            if len(plan.new_tags) > MOST_NEW_TAGS:
                raise Unclear("too_many_new_tags", number=MOST_NEW_TAGS)
        made.tags.setdefault(key, name)


def _tags(text: str) -> list[tuple[str, str]]:
    """Folded, and as written."""
    names = [_line(one, "tag") for one in cells.parts(text, r"[;,|\n]+")]
    return [(cells.folded(name) or name, name) for name in names if name]


def _take_status(plan: Plan, made: Draft, place: int, text: str) -> None:
    made.status = plan.once("status", text, cells.status)


def _take_assignee(plan: Plan, made: Draft, place: int, text: str) -> None:
    made.assignee = plan.once("assignee", text, plan.person)


def _take_manager(plan: Plan, made: Draft, place: int, text: str) -> None:
    made.manager = plan.once("assignee", text, plan.person)


def _take_profiles(plan: Plan, made: Draft, place: int, text: str) -> None:
    """Links, or in a column of one network who they are there: "@ana"."""
    network, found = plan.networks[place], cells.parts(text, _BETWEEN_LINKS)
    for one in found:
        is_handle = network and _HANDLE.fullmatch(one) and (one[0] == "@" or len(found) == 1)
        url = networks.link_of(network, one) if is_handle else one
        try:
            url = clean_link(url, LONGEST_LINK)
        except ValidationError:
            raise Unclear("no_link") from None
        if networks.host_of(url) in networks.PHONES:
            raise Unclear("phone_link")
        made.profiles[url] = networks.network_of(url)
        if len(made.profiles) > MOST_PROFILES:
            raise Unclear("too_many_links", number=MOST_PROFILES)


def _take_created(plan: Plan, made: Draft, place: int, text: str) -> None:
    at = plan.once("created", text, lambda text: cells.moment(text, plan.options.dates, plan.zone))
    if (at - plan.began).total_seconds() > LATEST_PER_DAY:
        raise Unclear("future")
    made.created = min(at, plan.began)


def _take_value(plan: Plan, made: Draft, place: int, text: str) -> None:
    made.value = plan.once("value", text, _amount)


def _amount(text: str) -> Decimal | None:
    try:
        amount = money.read(text)
    except money.NoAmount:
        raise Unclear("no_amount") from None
    if amount is not None and amount >= 10**12:
        raise Unclear("no_amount")
    return amount


def _take_custom(plan: Plan, made: Draft, pk: int, text: str) -> None:
    value = plan.once(f"custom:{pk}", text, lambda text: _custom(plan, pk, text))
    if value is not None:
        made.custom[pk] = value


def _custom(plan: Plan, pk: int, text: str) -> Value | None:
    wanted = plan.fields[pk]
    if wanted.kind == CustomKind.DATE:
        text = cells.moment(text, plan.options.dates, plan.zone).date().isoformat()
    elif wanted.kind == CustomKind.PHONE:
        found = _phone(text, plan.options.region)
        if found is None:
            raise Unclear("no_phone")
        text = found.e164
    try:
        return custom.clean(wanted, _plain(text), plan.workspace)
    except ValidationError as error:
        raise Unclear("no_value", words=" ".join(error.messages)) from None


def _take_stage(plan: Plan, made: Draft, row: Sequence[str], funnel: tuple[int, str]) -> None:
    """Of both cells together; a funnel alone is its first stage."""
    place, text = made.stage_column, row[made.stage_column] if made.stage_column >= 0 else ""
    if not text and not funnel[1]:
        return
    try:
        within = funnel[1]
        made.stage = (
            plan.once(f"stage {within}", text, lambda text: plan.stage(text, within))
            if text
            else plan.first_stage(within)
        )
        made.has_stage = True
    except Unclear as problem:
        made.problems.append((place if text else funnel[0], problem.code, {}))


_TAKERS: dict[str, Take] = {
    "name": _take_joined("name"),
    "first_name": _take_line("first_name"),
    "second_name": _take_line("second_name"),
    "last_name": _take_joined("last_name"),
    "phone": _take_phones,
    "email": _take_emails,
    "city": _take_line("city"),
    "address": _take_joined("address", ", "),
    "delivery_address": _take_joined("delivery_address", ", "),
    "notes": _take_notes,
    "tags": _take_tags,
    "status": _take_status,
    "assignee": _take_assignee,
    "manager": _take_manager,
    "profile": _take_profiles,
    "created": _take_created,
    "value": _take_value,
    "came_from": _take_line("came_from"),
    "external_id": _take_line("external_id"),
}
