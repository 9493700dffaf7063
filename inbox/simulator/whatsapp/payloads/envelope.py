"""What is around every event: who, to which number, in which account, and how the bytes look on the wire."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from inbox.simulator.web import Payload
from inbox.simulator.whatsapp import defaults

LISTS = (
    "contacts",
    "messages",
    "statuses",
    "message_echoes",
    "state_sync",
    "history",
    "user_id_update",
    "user_preferences",
)


@dataclass(frozen=True)
class Sender:
    """A person as a webhook names them.

    `phone`: digits with country code, None where a username hides it. `user_id`: "MX.…" (BSUID), None as before 2026.
    """

    name: str
    phone: str | None = "5215512345678"
    user_id: str | None = None
    username: str | None = None
    parent_user_id: str | None = None

    def contact(self) -> Payload:
        """The entry of `contacts[]`."""
        profile = {"name": self.name, **given(username=self.username)}
        return {
            "profile": profile,
            **given(wa_id=self.phone, user_id=self.user_id, parent_user_id=self.parent_user_id),
        }

    def origin(self) -> Payload:
        """The `from` fields of a message."""
        return {
            **({"from": self.phone} if self.phone else {}),
            **given(from_user_id=self.user_id, from_parent_user_id=self.parent_user_id),
        }

    def but(self, **changes: Any) -> "Sender":
        return replace(self, **changes)


@dataclass(frozen=True)
class Receiver:
    """A business number."""

    phone_number_id: str = defaults.PHONE_NUMBER_ID
    display: str = defaults.DISPLAY_PHONE_NUMBER
    waba_id: str = defaults.WABA_ID

    @property
    def digits(self) -> str:
        return "".join(sign for sign in self.display if sign.isdigit())

    def metadata(self) -> Payload:
        return {"display_phone_number": self.digits, "phone_number_id": self.phone_number_id}


ANA = Sender("Ana Ruiz", phone="5215512345678", user_id="MX.10000000000000000001")
NUMBER = Receiver()


def given(**fields: Any) -> Payload:
    """Those that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def new_wamid(about: str = "") -> str:
    """A message id that looks like the provider's."""
    return "wamid." + base64.b64encode(about.encode() + secrets.token_bytes(18)).decode()


def new_user_id(country: str = "MX") -> str:
    return f"{country}.{secrets.randbelow(10**20):020d}"


def seconds(at: float | None) -> str:
    return str(int(time.time() if at is None else at))


def change(field: str, value: Mapping[str, Any], *, waba_id: str = NUMBER.waba_id) -> Payload:
    """One body with one change of any field: the way to what has no builder of its own."""
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": waba_id, "changes": [{"value": dict(value), "field": field}]}],
    }


def messages_change(number: Receiver, field: str = "messages", /, **lists: list[Payload]) -> Payload:
    value = {"messaging_product": "whatsapp", "metadata": number.metadata(), **lists}
    return change(field, value, waba_id=number.waba_id)


def batch(*bodies: Payload, gather: bool = True) -> Payload:
    """Several bodies as one. `gather` puts what is of one account, field and number into one list, as Meta may do;
    otherwise each stays a change of its own.
    """
    entries: dict[str, Payload] = {}
    for body in bodies:
        for entry in body["entry"]:
            kept = entries.setdefault(entry["id"], {**entry, "changes": []})
            for each in entry["changes"]:
                if not (gather and _gathered(kept["changes"], each)):
                    kept["changes"].append({"value": dict(each["value"]), "field": each["field"]})
    return {"object": "whatsapp_business_account", "entry": list(entries.values())}


def _gathered(changes: Iterable[Payload], one: Payload) -> bool:
    value = one["value"]
    for other in changes:
        same = other["field"] == one["field"] and other["value"].get("metadata") == value.get("metadata")
        if same and "metadata" in value:
            for name in LISTS:
                new = [item for item in value.get(name, []) if item not in other["value"].get(name, [])]
                if new or name in value:
                    other["value"][name] = [*other["value"].get(name, []), *new]
            return True
    return False


def raw(body: object) -> bytes:
    r"""The bytes on the wire: compact, non-ASCII as \uXXXX, slashes as \/, as Meta writes them."""
    return json.dumps(body, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def signature(app_secret: str, body: bytes) -> str:
    """The value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
