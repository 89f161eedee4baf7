"""The way out, for every platform of the process: straight or through a proxy, and whom to trust beside the public CAs.

Proxies and authorities of the environment (HTTPS_PROXY, SSL_CERT_FILE) are never read: what a shell happens to have set
must not lead our tokens elsewhere.
"""

import ssl
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WayOut:
    """proxy: http://HOST:PORT, None for a straight way; ca_file: more authorities to trust, PEM."""

    proxy: str | None = None
    ca_file: Path | None = None

    def trust(self, context: ssl.SSLContext) -> ssl.SSLContext:
        """Add our authorities to a context. Raises OSError."""
        if self.ca_file is not None:
            context.load_verify_locations(self.ca_file)
        return context


_way_out = [WayOut()]


def use(way_out: WayOut) -> None:
    """Let every client that is made from now on take this way."""
    _way_out[0] = way_out


def current() -> WayOut:
    """Return the way that clients take."""
    return _way_out[0]
