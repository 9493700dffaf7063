"""The bot itself, its webhook, the accounts that let it in, and courtesies."""

import re
from typing import TYPE_CHECKING, Any

from inbox.simulator.telegram.errors import BotError, bad
from inbox.simulator.telegram.world import Bot, Connection
from inbox.simulator.web import Payload, Request

if TYPE_CHECKING:
    from inbox.simulator.telegram.provider import Provider

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def get_me(provider: "Provider", bot: Bot, asked: Payload, request: Request) -> Payload:
    return {
        **bot.user(),
        "can_join_groups": False,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": True,
        "has_main_web_app": False,
    }


def set_webhook(provider: "Provider", bot: Bot, asked: Payload, request: Request) -> bool:
    url, secret, allowed = asked.get("url"), asked.get("secret_token", ""), asked.get("allowed_updates")
    if not isinstance(url, str) or not (url == "" or url.startswith(("http://", "https://"))):
        raise bad("bad webhook: invalid URL specified")
    if secret and not SECRET.fullmatch(str(secret)):
        raise bad("secret token contains unallowed characters")
    with provider.world.lock:
        bot.url, bot.secret = url, str(secret)
        if isinstance(allowed, list):
            bot.allowed = [str(one) for one in allowed]
        bot.last_error, bot.last_error_at = "", 0
    provider.changed("link", app=provider.key, link=provider.link())
    return True


def delete_webhook(provider: "Provider", bot: Bot, asked: Payload, request: Request) -> bool:
    return set_webhook(provider, bot, {"url": ""}, request)


def get_webhook_info(provider: "Provider", bot: Bot, asked: Payload, request: Request) -> Payload:
    info: Payload = {
        "url": bot.url,
        "has_custom_certificate": False,
        "pending_update_count": provider.webhooks.pending(bot) if bot.url else 0,
    }
    if bot.url:
        info |= {"max_connections": 40, "ip_address": "127.0.0.1"}
    if bot.allowed:
        info["allowed_updates"] = bot.allowed
    if bot.last_error:
        info |= {"last_error_date": bot.last_error_at, "last_error_message": bot.last_error}
    return info


def connection_of(provider: "Provider", bot: Bot, given: Any) -> Connection:
    found = provider.world.connections.get(str(given))
    if found is None or found.bot_id != bot.id:
        raise bad("business connection not found")
    return found


def get_business_connection(provider: "Provider", bot: Bot, asked: Payload, request: Request) -> Payload:
    return connection_of(provider, bot, asked.get("business_connection_id")).described()


def answer_callback_query(provider: "Provider", bot: Bot, asked: Payload, request: Request) -> bool:
    if provider.queries.pop(str(asked.get("callback_query_id")), None) is None:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    return True


def read_business_message(provider: "Provider", bot: Bot, asked: Payload, request: Request) -> bool:
    connection = connection_of(provider, bot, asked.get("business_connection_id"))
    if "can_read_messages" not in connection.rights:
        raise bad("not enough rights to read messages")
    message = provider.world.find(
        connection.id, int(asked.get("chat_id") or 0), int(asked.get("message_id") or 0)
    )
    if message is None and not provider.trusting:
        raise bad("message not found")
    if message is not None:
        provider.on_read(message)
    return True


def send_chat_action(provider: "Provider", bot: Bot, asked: Payload, request: Request) -> bool:
    customer = provider.world.customer_by(int(asked.get("chat_id") or 0))
    if customer is None:
        raise bad("chat not found")
    if customer.blocked:
        raise BotError(403)
    line = str(asked.get("business_connection_id") or bot.id)
    provider.changed("typing", line=line, customer=customer.id, on=True)
    return True
