"""To which addresses a secret may be sent, and which addresses are not public."""

import ipaddress
import socket
from urllib.parse import urlsplit

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def url_problem(url: str, *, can_have_path: bool = False) -> str:
    """Return why no secret may be sent to this address; "" if it may: https, or http on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"{url!r} is not a URL ({error})"
    if parts.scheme not in ("http", "https") or not host:
        return f"{url!r} is not an http(s) URL"
    if parts.username or parts.password or parts.query or parts.fragment:
        return "must have neither a user, a query nor a fragment"
    if parts.path.strip("/") and not can_have_path:
        return "must not have a path"
    return "http:// is only for this machine" if parts.scheme == "http" and not on_loopback(host) else ""


def on_loopback(host: str) -> bool:
    """Return whether this is an address of this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def private_addresses(host: str) -> list[str]:
    """Return the addresses of a host that are not public: of this machine, of a local network. Raises OSError."""
    listed = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in listed)
    return [address for address in addresses if not is_public(address)]


def is_public(address: str) -> bool:
    """Return whether an IP address is on the public internet, also inside an IPv6 address that stands for IPv4."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or (_embedded(ip) if ip in _NAT64 else ip)
    return ip.is_global and not ip.is_multicast


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
