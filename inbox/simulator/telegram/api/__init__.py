"""The Bot API: which call is whose, and who may make it."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inbox.simulator.telegram.api import accounts, files, sending
from inbox.simulator.telegram.errors import BotError
from inbox.simulator.telegram.world import Bot
from inbox.simulator.web import Answer, BadBody, Payload, Request, as_json

if TYPE_CHECKING:
    from inbox.simulator.telegram.provider import Provider

CALL = re.compile(r"/bot(?P<token>[^/]+)/(?P<method>\w+)")
FILE = re.compile(r"/file/bot(?P<token>[^/]+)/(?P<path>.+)")
Method = Callable[["Provider", Bot, Payload, Request], Any]

METHODS: dict[str, Method] = {
    "getMe": accounts.get_me,
    "setWebhook": accounts.set_webhook,
    "deleteWebhook": accounts.delete_webhook,
    "getWebhookInfo": accounts.get_webhook_info,
    "getBusinessConnection": accounts.get_business_connection,
    "answerCallbackQuery": accounts.answer_callback_query,
    "readBusinessMessage": accounts.read_business_message,
    "sendChatAction": accounts.send_chat_action,
    "getFile": files.get_file,
    "sendMessage": sending.message,
    "sendPhoto": sending.file("photo"),
    "sendVideo": sending.file("video"),
    "sendAudio": sending.file("audio"),
    "sendVoice": sending.file("voice"),
    "sendDocument": sending.file("document"),
    "sendMediaGroup": sending.media_group,
    "sendLocation": sending.location,
    "sendVenue": sending.venue,
    "sendContact": sending.contact,
}
COURTESIES = frozenset({"sendChatAction"})


def area_of(path: str) -> str:
    if FILE.fullmatch(path):
        return "download"
    found = CALL.fullmatch(path)
    method = found["method"] if found else ""
    if method.startswith("send") and method not in COURTESIES:
        return "messages"
    return "media" if method == "getFile" else "api"


def answer(provider: "Provider", request: Request) -> Answer:
    """Do what is asked; an error is an answer too."""
    try:
        if download := FILE.fullmatch(request.path):
            return files.download(provider, _bot(provider, download["token"]), download["path"])
        found = CALL.fullmatch(request.path)
        if found is None:
            raise BotError(404)
        bot = _bot(provider, found["token"])
        method = METHODS.get(found["method"])
        if method is None:
            raise BotError(404, "Not Found: method not found")
        return as_json({"ok": True, "result": method(provider, bot, request.json(), request)})
    except BadBody:
        return BotError(400, "Bad Request: can't parse the body").answer()
    except BotError as error:
        return error.answer()


def _bot(provider: "Provider", token: str) -> Bot:
    bot = provider.world.bot_by(token)
    if bot is None or not bot.token_valid:
        raise BotError(401)
    return bot
