"""Networks on which people have profiles, told by the link: instagram.com/ana is Instagram's."""

from dataclasses import dataclass
from urllib.parse import urlsplit

WEB = "web"
PHONES = frozenset({"wa.me", "api.whatsapp.com", "web.whatsapp.com"})  # links that are a telephone number


@dataclass(frozen=True)
class Network:
    key: str
    label: str
    hosts: tuple[str, ...]
    before: str = ""  # what stands between the host and who they are


NETWORKS = (
    Network("facebook", "Facebook", ("facebook.com", "fb.com", "fb.me")),
    Network("instagram", "Instagram", ("instagram.com",)),
    Network("linkedin", "LinkedIn", ("linkedin.com",), "in/"),
    Network("x", "X", ("x.com", "twitter.com")),
    Network("tiktok", "TikTok", ("tiktok.com",), "@"),
    Network("youtube", "YouTube", ("youtube.com", "youtu.be"), "@"),
    Network("threads", "Threads", ("threads.net", "threads.com"), "@"),
    Network("telegram", "Telegram", ("t.me", "telegram.me")),
    Network("pinterest", "Pinterest", ("pinterest.com",)),
    Network("github", "GitHub", ("github.com",)),
    Network("vk", "VK", ("vk.com", "vk.ru")),
)
LABELS = {one.key: one.label for one in NETWORKS}


def network_of(url: str) -> str:
    """Its key; WEB where the link is of none of them."""
    host = host_of(url)
    return next((one.key for one in NETWORKS if any(_is_of(host, known) for known in one.hosts)), WEB)


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.").removeprefix("m.")


def name_of(url: str) -> str:
    """What stands in the link for the person: "@ana", or all of the path; the host where there is none."""
    path = urlsplit(url).path.strip("/")
    first, _slash, rest = path.partition("/")
    if first in ("in", "user", "channel", "c", "people", "company") and rest:
        return rest
    return path or host_of(url)


def named_in(words: str) -> str:
    """The key of the network that a column's header names, among others: "perfil de linkedin"."""
    told = {"x" if word == "twitter" else word for word in words.split()}
    return next((one.key for one in NETWORKS if one.key in told), "")


def link_of(network: str, handle: str) -> str:
    """Of who they are there: "@ana"."""
    found = next(one for one in NETWORKS if one.key == network)
    return f"https://{found.hosts[0]}/{found.before}{handle.removeprefix('@')}"


def _is_of(host: str, known: str) -> bool:
    return host == known or host.endswith(f".{known}")
