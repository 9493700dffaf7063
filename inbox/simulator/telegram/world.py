"""What the simulated Telegram knows: bots, the accounts that let them in, and its customers."""

from dataclasses import dataclass, field

from inbox.simulator import world
from inbox.simulator.telegram import defaults
from inbox.simulator.web import Payload
from inbox.simulator.world import Message

NOT_OF_CHATS = ("is_bot", "language_code")
RIGHTS = ("can_reply", "can_read_messages")


@dataclass
class Bot:
    """`last_error`: what went wrong when a webhook was last delivered, and when."""

    id: str
    token: str
    name: str
    username: str
    url: str = ""
    secret: str = ""
    allowed: list[str] = field(default_factory=list)
    token_valid: bool = True
    last_error: str = ""
    last_error_at: int = 0

    def user(self) -> Payload:
        return {"id": int(self.id), "is_bot": True, "first_name": self.name, "username": self.username}


@dataclass
class Connection:
    """An account that let a bot in."""

    id: str
    bot_id: str
    owner: int
    name: str
    username: str
    date: int
    rights: list[str] = field(default_factory=lambda: list(RIGHTS))
    is_enabled: bool = True

    def user(self) -> Payload:
        return {"id": self.owner, "is_bot": False, "first_name": self.name, "username": self.username}

    def described(self) -> Payload:
        return {
            "id": self.id,
            "user": self.user(),
            "user_chat_id": self.owner,
            "date": self.date,
            "is_enabled": self.is_enabled,
            "rights": dict.fromkeys(self.rights, True),
        }


@dataclass
class Customer(world.Customer):
    tg_id: int = 0
    blocked: bool = False
    started: bool = False  # they have written to the bot: else it may not write to them

    def user(self) -> Payload:
        first, _, last = self.name.partition(" ")
        more = {
            **({"last_name": last} if last else {}),
            **({"username": self.username} if self.username else {}),
        }
        return {"id": self.tg_id, "is_bot": False, "first_name": first, **more, "language_code": "es"}

    def chat(self) -> Payload:
        return {
            **{name: said for name, said in self.user().items() if name not in ("is_bot", "language_code")},
            "type": "private",
        }


class World(world.World[Customer]):
    customer_type = Customer
    prefix = "t"
    tables = {"bots": Bot, "connections": Connection}

    bots: dict[str, Bot]
    connections: dict[str, Connection]

    def add_defaults(self) -> None:
        with self.lock:
            bot = Bot(str(defaults.BOT_ID), defaults.BOT_TOKEN, defaults.BOT_NAME, defaults.BOT_USERNAME)
            self.bots.setdefault(bot.id, bot)

    def bot_by(self, token: str) -> Bot | None:
        return next((bot for bot in self.bots.values() if bot.token == token), None)

    def customer_by(self, tg_id: int) -> Customer | None:
        return next((one for one in self.customers.values() if one.tg_id == tg_id), None)

    def bot_of(self, line_id: str) -> Bot:
        """Of a line: a bot's, or an account's."""
        connection = self.connections.get(line_id)
        return self.bots[connection.bot_id if connection else line_id]

    def find(self, line_id: str, tg_id: int, number: int) -> Message | None:
        return self.messages.get(name(line_id, tg_id, number))

    def next_number(self, line_id: str) -> int:
        """Messages are numbered within a bot's, or an account's, whole inbox, however often it is connected."""
        connection = self.connections.get(line_id)
        return self.next_id(f"message:{connection.owner if connection else line_id}", first=101)


def name(line_id: str, tg_id: int, number: int) -> str:
    return f"{line_id}/{tg_id}:{number}"


def number_of(message: Message) -> int:
    return int(message.id.rpartition(":")[2])
