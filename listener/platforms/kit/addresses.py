"""To which addresses a secret may be sent."""

import ipaddress
from urllib.parse import urlsplit


def url_problem(url: str) -> str:
    """Why no secret may be sent to this address; "" when it may: https, or http on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"{url!r} is no URL ({error})"
    if parts.scheme not in ("http", "https") or not host:
        return f"{url!r} is no http(s) URL"
    if parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"):
        return "must hold neither a user, a path, a query nor a fragment"
    return "http:// is only for this machine" if parts.scheme == "http" and not on_loopback(host) else ""


def on_loopback(host: str) -> bool:
    """True for an address of this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
