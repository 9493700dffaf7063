"""Telegram's webhooks: to the bot's address, known by a secret in a header. Anything but 2xx comes again."""

from typing import Any

from inbox.simulator import webhooks
from inbox.simulator.clock import Clock
from inbox.simulator.telegram import updates
from inbox.simulator.telegram.world import Bot, World
from inbox.simulator.web import Payload
from inbox.simulator.webhooks import Delivery, Done

HEADER = "X-Telegram-Bot-Api-Secret-Token"
NOT_BY_ITSELF = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class Webhooks(webhooks.Webhooks):
    def __init__(self, world: World, clock: Clock, *, backoff: float = 1.0) -> None:
        super().__init__(world, clock, backoff=backoff)
        self._world = world

    def send(self, bot: Bot, body: Payload, done: Done | None = None) -> int:
        """One update, where the bot wants such a thing; 1, or 0 where it has no webhook."""
        kind = next((name for name in body if name != "update_id"), "")
        wanted = kind in bot.allowed if bot.allowed else kind not in NOT_BY_ITSELF
        if not (bot.url and wanted):
            return 0
        return self.deliver([(bot.url, bot.secret)], updates.raw(body), done)

    def send_raw(self, raw: bytes, *, signature: str | None = "right") -> int:
        """Any bytes to every bot's webhook."""
        bots = [bot for bot in self._world.bots.values() if bot.url]
        for bot in bots:
            self.queue(Delivery(bot.url, bot.secret, raw, signature))
        return len(bots)

    def headers(self, secret: str, raw: bytes, signed: str | None) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip, deflate"}
        given = {"right": secret, "wrong": secret + "x"}.get(str(signed), signed)
        return {**headers, HEADER: given} if given else headers

    def is_taken(self, status: int) -> bool:
        return 200 <= status < 300

    def note(self, delivery: Delivery, moment: int) -> None:
        """For getWebhookInfo: the last error."""
        for bot in self._world.bots.values():
            if bot.url == delivery.url and not delivery.taken:
                said = delivery.error or f"Wrong response from the webhook: {delivery.status}"
                bot.last_error, bot.last_error_at = said[:200], moment

    def pending(self, bot: Bot) -> int:
        kept: list[Any] = list(self._world.undelivered.values())
        return sum(one["url"] == bot.url for one in kept)
