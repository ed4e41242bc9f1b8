"""Which addresses are reached over the open net: all but those that IANA has set aside for something else.

The lists are our own, since what Python's `is_global` knows differs from one of its versions to the next and leaves out
multicast, among others. Sources: IANA's special-purpose registries for IPv4 (RFC 6890, 5736, 6598, 2544 ...) and IPv6
(RFC 4291, 6052, 8215, 6666, 4380, 3849, 9637, 9602 ...), of 2025.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_SET_ASIDE_4 = tuple(
    map(
        IPv4Network,
        """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
        192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
        203.0.113.0/24 224.0.0.0/4 240.0.0.0/4""".split(),
    )
)
_UNICAST_6 = IPv6Network("2000::/3")  # all that is given out; beyond it lie private, local and multicast addresses
_SET_ASIDE_6 = tuple(map(IPv6Network, "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20".split()))
_TRANSLATED = IPv6Network("64:ff9b::/96")
_6TO4 = IPv6Network("2002::/16")
_ISATAP = (0x00005EFE, 0x02005EFE)
_LOW_32 = 0xFFFFFFFF


def is_public(address: str) -> bool:
    """Whether a numeric address is reached over the open net.

    One of the new kind that holds one of the old is public where that is: "::ffff:8.8.8.8", NAT64 and 6to4 addresses.
    Those of Teredo hold one in disguise and are none. Raises ValueError for what is no address.
    """
    found = ip_address(address.partition("%")[0])
    return _is_public_4(found) if isinstance(found, IPv4Address) else _is_public_6(found)


def _is_public_4(address: IPv4Address) -> bool:
    return not any(address in network for network in _SET_ASIDE_4)


def _is_public_6(address: IPv6Address) -> bool:
    if address.ipv4_mapped is not None:
        return _is_public_4(address.ipv4_mapped)
    number = int(address)
    if address in _TRANSLATED:
        return _is_public_4(IPv4Address(number & _LOW_32))
    if address in _6TO4:
        return _is_public_4(IPv4Address(number >> 80 & _LOW_32))
    if number >> 32 & _LOW_32 in _ISATAP and not _is_public_4(IPv4Address(number & _LOW_32)):
        return False
    return address in _UNICAST_6 and not any(address in network for network in _SET_ASIDE_6)
