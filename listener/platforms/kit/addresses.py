"""To which addresses a secret may be sent."""

import ipaddress
from urllib.parse import urlsplit


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
