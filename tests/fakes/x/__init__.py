"""X's API v2 on loopback: `posts` what exists, `ledger` what was billed, `auth` OAuth 1.0a, `faults` what it answers
when something is wrong, `endpoints` the calls, `server` the HTTP. Run it by `python -m tests.fakes.x_server`."""

from tests.fakes.x.posts import Post
from tests.fakes.x.server import SECRETS, XServer

__all__ = ["SECRETS", "Post", "XServer"]
