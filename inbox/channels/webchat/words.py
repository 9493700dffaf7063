"""What the widget says, in the active language. Its scripts hold no words."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

LANGUAGES = ("es", "en")


def of_page() -> dict[str, str]:
    """By the scripts of the page; numbers are the answers' statuses."""
    return {
        "here": _("We are online"),
        "away": _("We are away. Leave us a message."),
        "back_today": _("We answer today at {time}"),
        "back_tomorrow": _("We answer tomorrow at {time}"),
        "back_later": _("We answer on {day} at {time}"),
        "today": _("Today"),
        "sending": _("Sending"),
        "sent": _("Sent"),
        "seen": _("Seen"),
        "edited": _("Edited"),
        "revoked": _("This message was deleted"),
        "retry": _("Try again"),
        "long": _("A message has at most {n} characters. Shorten it, or send it in parts."),
        "large": _("A file has at most {n} MB."),
        "slower": _("That was a lot at once. Try again in {n} min."),
        "offline": _("No connection. Try again."),
        "empty": _("The file is empty."),
        "email": _("That is not an e-mail address. Correct it, then try again."),
        "phone": _("That is not a phone number. Write it with its country, then try again."),
        "closed": _("This chat is not available. Your message was not sent."),
        "identity": _("We could not confirm who you are. Reload the page."),
        "visitor": _("This chat has expired. Reload the page."),
        "400": _("This message cannot be sent. Remove unusual characters."),
        "403": _("This chat has expired. Reload the page."),
        "404": _("This chat is no longer here."),
        "413": _("The file is too large."),
        "422": _("This message cannot be sent."),
        "500": _("Something failed on our side. Try again."),
    }


def of_loader() -> dict[str, dict[str, str]]:
    """By the launcher on the site, in each language: which one it is, only the browser knows."""
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = {
                "open": _("Open the chat"),
                "close": _("Close the chat"),
                "title": _("Chat"),
                "unread": _("unread"),
            }
    return found


def greeting(given: dict[str, str]) -> str:
    """The team's own in the active language, else in any, else the house's."""
    language = (translation.get_language() or "es")[:2]
    own = given.get(language) or next((words for words in given.values() if words), "")
    return own or _("Hello. How can we help you?")
