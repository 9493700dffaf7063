"""What the texts of a column mean. Each column reads a text, and puts what it read into the draft."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

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
from directory.importing.drafts import Draft, Point
from directory.importing.planning import Plan
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

_email = EmailValidator()
# What the validator takes, and most are: told in a tenth of its time (a test holds them against each other).
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]{1,63}\.)+[a-z]{2,63}", re.ASCII | re.IGNORECASE
)


class Column(NamedTuple):
    """`read` (of the plan, the column's place and a text): what the text means, None where it says nothing; it depends
    on the text alone. `put`: that into the draft. Texts of columns that repeat themselves are read once."""

    read: Callable[[Plan, int, str], Any]
    put: Callable[[Plan, Draft, Any], None]
    repeats: bool = True


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


def _reads_line(kind: str) -> Callable[[Plan, int, str], str]:
    return lambda plan, place, text: _line(_plain(text), kind)


def _puts(name: str) -> Callable[[Plan, Draft, Any], None]:
    return lambda plan, made, held: setattr(made, name, held)


def _text(name: str, *, repeats: bool = True) -> Column:
    return Column(_reads_line(name), _puts(name), repeats)


def _joined(name: str, sign: str = " ") -> Column:
    """Of several columns, one after the other."""

    def put(plan: Plan, made: Draft, line: str) -> None:
        held = getattr(made, name)
        setattr(made, name, _line(f"{held}{sign}{line}", name) if held else line)

    return Column(_reads_line(name), put)


def _read_notes(plan: Plan, place: int, text: str) -> str:
    return _plain(text).replace("\r\n", "\n").replace("\r", "\n").strip()


def _put_notes(plan: Plan, made: Draft, more: str) -> None:
    made.notes = f"{made.notes}\n{more}" if made.notes else more
    if len(made.notes) > LONGEST["notes"]:
        raise Unclear("too_long", number=LONGEST["notes"])


def _read_phones(plan: Plan, place: int, text: str) -> list[Point]:
    text, region = _plain(text), plan.options.region
    whole = _phone(text, region)
    points: list[Point] = []
    for one in [text] if whole else cells.parts(text):
        found = whole or _phone(one, region)
        if found is None:
            raise Unclear("no_phone")
        points.append(("phone", one.strip()[:254], found.e164, found.match_key))
    return points


def _phone(text: str, region: str) -> phones.Phone | None:
    if len(text) > LONGEST_PHONE:
        return None
    return numbers.plain(text, region) or phones.parse(text, region or None)


def _read_emails(plan: Plan, place: int, text: str) -> list[Point]:
    text = _plain(text)
    if len(text) <= LONGEST["point"] and _PLAIN_EMAIL.fullmatch(text):
        key = text.lower()
        return [("email", text, key, key)]
    points: list[Point] = []
    for one in cells.parts(text, r"[;,|\s]+"):
        address = one.removeprefix("mailto:").strip("<>")
        try:
            _email(address)
        except ValidationError:
            raise Unclear("no_email") from None
        if len(address) > LONGEST["point"]:
            raise Unclear("too_long", number=LONGEST["point"])
        points.append(("email", address, address.lower(), address.lower()))
    return points


def _put_points(plan: Plan, made: Draft, points: Sequence[Point]) -> None:
    for point in points:
        alike = [key for kind, _raw, _value, key in made.points if kind == point[0]] if made.points else ()
        if point[3] in alike:
            continue
        if len(alike) >= MOST_POINTS:
            raise Unclear("too_many_points", number=MOST_POINTS)
        made.points.append(point)


def _read_tags(plan: Plan, place: int, text: str) -> list[tuple[str, str]]:
    """Folded, and as written."""
    names = [_line(one, "tag") for one in cells.parts(_plain(text), r"[;,|\n]+")]
    return [(cells.folded(name) or name, name) for name in names if name]


def _put_tags(plan: Plan, made: Draft, tags: Sequence[tuple[str, str]]) -> None:
    for key, name in tags:
        if key not in plan.tags:
            if not plan.may_make_tags:
                raise Unclear("no_tag")
            plan.new_tags.setdefault(key, name)
            if len(plan.new_tags) > MOST_NEW_TAGS:
                raise Unclear("too_many_new_tags", number=MOST_NEW_TAGS)
        made.tags.setdefault(key, name)


def _read_status(plan: Plan, place: int, text: str) -> str:
    return cells.status(_plain(text))


def _read_person(plan: Plan, place: int, text: str) -> int:
    return plan.person(_plain(text))


def _read_profiles(plan: Plan, place: int, text: str) -> dict[str, str]:
    """Links, or in a column of one network who they are there: "@ana"."""
    network, found = plan.networks[place], cells.parts(_plain(text), _BETWEEN_LINKS)
    profiles: dict[str, str] = {}
    for one in found:
        is_handle = network and _HANDLE.fullmatch(one) and (one[0] == "@" or len(found) == 1)
        url = networks.link_of(network, one) if is_handle else one
        try:
            url = clean_link(url, LONGEST_LINK)
        except ValidationError:
            raise Unclear("no_link") from None
        if networks.host_of(url) in networks.PHONES:
            raise Unclear("phone_link")
        profiles[url] = networks.network_of(url)
    return profiles


def _put_profiles(plan: Plan, made: Draft, profiles: dict[str, str]) -> None:
    made.profiles |= profiles
    if len(made.profiles) > MOST_PROFILES:
        raise Unclear("too_many_links", number=MOST_PROFILES)


def _read_created(plan: Plan, place: int, text: str) -> datetime:
    at = cells.moment(_plain(text), plan.options.dates, plan.zone)
    if (at - plan.began).total_seconds() > LATEST_PER_DAY:
        raise Unclear("future")
    return min(at, plan.began).astimezone(UTC)  # which is written down in a fifth of a zone's time


def _read_amount(plan: Plan, place: int, text: str) -> Decimal | None:
    try:
        amount = money.read(_plain(text))
    except money.NoAmount:
        raise Unclear("no_amount") from None
    if amount is not None and amount >= 10**12:
        raise Unclear("no_amount")
    return amount


def _read_custom(plan: Plan, place: int, text: str, *, pk: int) -> Value | None:
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


def _custom(pk: int) -> Column:
    def put(plan: Plan, made: Draft, value: Value) -> None:
        made.custom[pk] = value

    return Column(partial(_read_custom, pk=pk), put)


def _place(name: str) -> Column:
    """Which column says it, for what is understood from several together."""
    return Column(lambda plan, place, text: place, _puts(name))


def column(key: str) -> Column:
    return _custom(int(key[len(CUSTOM) :])) if key.startswith(CUSTOM) else _COLUMNS[key]


_COLUMNS = {
    "name": _joined("name"),
    "first_name": _text("first_name"),
    "second_name": _text("second_name"),
    "last_name": _joined("last_name"),
    "phone": Column(_read_phones, _put_points, repeats=False),
    "email": Column(_read_emails, _put_points, repeats=False),
    "city": _text("city"),
    "address": _joined("address", ", "),
    "delivery_address": _joined("delivery_address", ", "),
    "notes": Column(_read_notes, _put_notes),
    "tags": Column(_read_tags, _put_tags),
    "status": Column(_read_status, _puts("status")),
    "funnel": _place("funnel_column"),
    "stage": _place("stage_column"),
    "assignee": Column(_read_person, _puts("assignee")),
    "manager": Column(_read_person, _puts("manager")),
    "profile": Column(_read_profiles, _put_profiles, repeats=False),
    "created": Column(_read_created, _puts("created")),
    "value": Column(_read_amount, _puts("value")),
    "came_from": _text("came_from"),
    "external_id": _text("external_id", repeats=False),
}
