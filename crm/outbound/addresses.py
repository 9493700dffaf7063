"""Which addresses are public, and which exceptions are made."""

from __future__ import annotations

import ipaddress

from django.conf import settings

# Refused by list, not by `ip.is_global` alone, whose answer changes between releases of Python. Sources: the IANA
# special-purpose registries for IPv4 and IPv6.
_NOT_PUBLIC_4 = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
_PUBLIC_6 = ipaddress.IPv6Network(
    "2000::/3"
)  # all that is assigned for the world; the rest (::1, fe80::, fc00::,
# mapped ::ffff:, NAT64 64:ff9b::, multicast ff00::) is outside of it
_NOT_PUBLIC_6 = [
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
]


def is_public(address: str) -> bool:
    """Whether a numeric address belongs to the public internet. Tunnels into IPv4 (6to4, Teredo, NAT64) do not."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC_4)
    if ip.scope_id is not None or ip not in _PUBLIC_6:
        return False
    return not any(ip in network for network in _NOT_PUBLIC_6)


def is_allowed(host: str, port: int) -> bool:
    """Whether OUTBOUND_ALLOW names this host and port, exactly."""
    return f"{host}:{port}" in settings.OUTBOUND_ALLOW
