"""Mastodon's client API on loopback, with the manners of three servers: `statuses` what exists, `manners` how servers
differ, `server` the calls and the ledger. Run it by `python -m tests.fakes.mastodon_server`."""

from tests.fakes.mastodon.manners import GOTOSOCIAL, MASTODON, REPEATING, SNAC, WALKED_DOWN, Manners
from tests.fakes.mastodon.server import TOKEN, MastodonServer
from tests.fakes.mastodon.statuses import Status

__all__ = ["GOTOSOCIAL", "MASTODON", "REPEATING", "SNAC", "TOKEN", "WALKED_DOWN", "Manners", "MastodonServer", "Status"]
