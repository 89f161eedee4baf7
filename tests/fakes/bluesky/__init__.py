"""Bluesky on loopback: `network` what exists and who sees it, `listings` pages and views, `sessions` tokens, `records`
what a repository takes, `server` the HTTP with a PDS and its AppView in one, as bluesky.md observed them."""

from tests.fakes.bluesky.network import Actor, Network, Record
from tests.fakes.bluesky.server import SECRETS, BlueskyServer

__all__ = ["SECRETS", "Actor", "BlueskyServer", "Network", "Record"]
