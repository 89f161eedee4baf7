"""Run the fake Mastodon as a program: `python -m tests.fakes.mastodon_server --manners snac` prints what to set.

Lines on stdin are what people say: `@shop where is my parcel?` mentions us.
"""

import argparse
import sys

from tests.fakes.mastodon import GOTOSOCIAL, MASTODON, SNAC, TOKEN, MastodonServer
from tests.fakes.mastodon.statuses import markup

KNOWN = {one.name.lower(): one for one in (MASTODON, GOTOSOCIAL, SNAC)}


def main() -> None:
    """Serve until stdin ends; then print what was posted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--manners", choices=sorted(KNOWN), default="mastodon")
    given = parser.parse_args()
    server = MastodonServer(KNOWN[given.manners], given.port)
    server.start()
    print(f'[platforms.mastodon]\nserver_url = "{server.url}"\nEARSHOT_MASTODON_TOKEN={TOKEN}', flush=True)
    for line in sys.stdin:
        print(server.say(markup(line.strip())).id, flush=True)
    print(*server.posted, sep="\n")
    server.stop()


if __name__ == "__main__":
    main()
