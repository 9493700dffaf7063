"""What people wrote, as safe HTML: everything escaped, addresses become links, the few marks of chats are shown."""

import re
from urllib.parse import unquote

from markupsafe import Markup, escape

from directory import naming
from workspaces.models import Membership

_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'\u200b-\u200f\u202a-\u202e\u2066-\u2069]+", re.IGNORECASE)
# Links that dial, or write to, a number. What else people write stays as it is (docs/decisions/phones.md).
_TO_A_NUMBER = re.compile(
    r"(?:(?:tel|sms|callto|whatsapp):|(?:https?://)?(?:wa\.me|(?:api|web|chat)\.whatsapp\.com|t\.me)/)[^\s<>\"']+",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?)]}»”’…*_~"
_LONGEST_SHOWN = 80
# *bold*, _italic_, ~struck~, `mono`: only where they stand around words, as on the phone. None looks beyond the next of
# its kind: a stranger's text of many beginnings would be read from each of them to its end.
_MARKS = (
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), "strong"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"), "em"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])"), "s"),
    (re.compile(r"(?<![\w`])```(?=\S)((?:(?!```).)+)(?<=\S)```(?![\w`])", re.DOTALL), "code"),
)
_SIGNS = re.compile("[*_~`]")


def rich(text: str) -> Markup:
    """Links open elsewhere, and tell nobody where from."""
    parts, end = [], 0
    for match in _URL.finditer(text):
        address = match.group().rstrip(_TRAILING)
        if "(" in address and match.group()[len(address) :].startswith(")"):
            address += ")"
        parts += [_marked(text[end : match.start()]), _link(address)]
        end = match.start() + len(address)
    parts.append(_marked(text[end:]))
    return Markup("").join(parts)


def for_reader(text: str, reader: Membership) -> str:
    """A text as the person may see it: links to telephone numbers are masked for who may not see numbers."""
    if naming.sees_phones(reader):
        return text
    return _TO_A_NUMBER.sub(lambda link: naming.without_numbers(unquote(link.group())), text)


def _link(address: str) -> Markup:
    href = address if "://" in address else f"https://{address}"
    shown = address if len(address) <= _LONGEST_SHOWN else address[: _LONGEST_SHOWN - 1] + "…"
    link = '<a href="{}" target="_blank" rel="noopener noreferrer nofollow" dir="ltr">{}</a>'
    return Markup(link).format(href, shown)  # noqa: S704 (a constant; what is put in is escaped)


def _marked(text: str) -> Markup:
    html = str(escape(text))
    for pattern, tag in _MARKS:
        html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
    return Markup(html)  # noqa: S704 (escaped first; the marks add only their own tags)


def plain(text: str) -> str:
    """On one line, without the marks."""
    if _SIGNS.search(text):
        for pattern, _tag in _MARKS:
            text = pattern.sub(r"\1", text)
    return " ".join(text.split())


def is_only_emoji(text: str, most: int = 3) -> bool:
    """One to three emoji and nothing else: shown large."""
    plain = text.replace("\ufe0f", "").replace("\u200d", "").strip()
    if not plain or len(plain) > most * 4:
        return False
    signs = [sign for sign in plain if not 0x1F3FB <= ord(sign) <= 0x1F3FF]
    return len(signs) <= most * 2 and all(_is_emoji(sign) for sign in signs)


def _is_emoji(sign: str) -> bool:
    code = ord(sign)
    return 0x1F000 <= code <= 0x1FAFF or 0x2600 <= code <= 0x27BF or 0x2B00 <= code <= 0x2BFF
