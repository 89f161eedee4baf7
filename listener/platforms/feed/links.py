"""Addresses in a feed, in the form in which two of them are the same. Pure."""

import re
from urllib.parse import urlsplit

_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_[ce]id|_ga|_gl"
    r"|_hs(?:enc|mi)|mkt_tok|oly_(?:anon|enc)_id|vero_id|wt\.mc_id|xtor|at_(?:medium|campaign))(?:=|\Z)",
    re.IGNORECASE,
)


def normalized(address: str) -> str:
    """Return a link or an id without what changes while it stays the same: http or https, and tracking parameters.

    Anything but a link stays as it is.
    """
    scheme, separator, rest = address.strip().partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        return address.strip()
    rest, mark, fragment = rest.partition("#")
    path, _, query = rest.partition("?")
    kept = "&".join(part for part in query.split("&") if part and not _TRACKING.match(part))
    return f"https://{path}{f'?{kept}' if kept else ''}{mark}{fragment}"


def identifying_uri(uri: str | None) -> str | None:
    """Return the address of an author's own page, or None.

    The mere address of a site is none: many feeds give it for everybody who writes there.
    """
    if uri is None or not uri.startswith(("https://", "http://")):
        return None
    try:
        parts = urlsplit(normalized(uri))
    except ValueError:
        return None
    return normalized(uri) if parts.path.strip("/") or parts.query else None
