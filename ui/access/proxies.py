"""Names that a proxy tells of people whom it has signed in: believed of the proxies named, and of nobody else.

    ONRECORD_PROXY_USER_HEADER, ONRECORD_TRUSTED_PROXIES -> Proxies -> the name that a request comes with, or none

It is the address of the connection that counts, never one that a request tells of itself (`X-Forwarded-For`).
"""

import ipaddress
import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from ...vectorstore.errors import InputError

PEER = "onrecord.peer"
"""Where a request's scope holds the (address, port) of the connection, when `client` holds what a proxy told."""
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")  # RFC 9110, 5.6.2
_TAKEN = frozenset("authorization cookie forwarded host origin via x-forwarded-for x-forwarded-proto x-real-ip".split())

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Ambiguous(ValueError):
    """The header comes more than once, or holds no name that can be read."""


@dataclass(frozen=True, slots=True)
class Proxies:
    """Proxies that sign people in: the header that they tell a name in, "" for none, and their networks."""

    header: str = ""
    networks: tuple[Network, ...] = ()

    def has(self, address: str) -> bool:
        """Whether an address is one of these proxies'."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in network for network in self.networks)

    def take_name(self, scope: MutableMapping[str, Any]) -> str | None:
        """The name that a proxy tells in a request, None where no proxy tells one.

        The header is taken out of the ASGI scope, whoever sent it. Raises Ambiguous.
        """
        if not self.header:
            return None
        name = self.header.lower().encode("ascii")
        told = [value for key, value in scope["headers"] if key.lower() == name]
        if not told:
            return None
        scope["headers"] = [(key, value) for key, value in scope["headers"] if key.lower() != name]
        peer = scope.get(PEER) or scope.get("client")
        if not peer or not self.has(peer[0]):
            return None
        if len(told) > 1:
            raise Ambiguous
        try:
            return told[0].decode("utf-8").strip() or None
        except UnicodeDecodeError:
            raise Ambiguous from None


NO_PROXIES = Proxies()


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own, by which nobody else reaches it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def proxies_from(header: str, networks: str) -> Proxies:
    """Proxies by two settings: a header's name, and networks or addresses separated by commas. Raises InputError."""
    header, found = header.strip(), []
    if header and (not _TOKEN.fullmatch(header) or header.lower() in _TAKEN):
        raise InputError(f"ONRECORD_PROXY_USER_HEADER: {header[:100]!r} is no header that can tell a name.")
    for network in filter(None, map(str.strip, networks.split(","))):
        try:
            found.append(ipaddress.ip_network(network))
        except ValueError as error:
            raise InputError(f"ONRECORD_TRUSTED_PROXIES: {error}. Write 10.0.0.5 or 10.0.0.0/24.") from error
        if found[-1].prefixlen == 0:
            raise InputError(f"ONRECORD_TRUSTED_PROXIES: {network} is every address there is. Name the proxies alone.")
    if header and not found:
        raise InputError("ONRECORD_PROXY_USER_HEADER needs ONRECORD_TRUSTED_PROXIES: the proxies that may tell a name.")
    return Proxies(header, tuple(found))
