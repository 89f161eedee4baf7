"""Run the fake X as a program: `python -m tests.fakes.x_server --port 0` prints its URL and the secrets that sign.

curl -X POST URL/_control/mentions -d '[{"text": "@shop where is my parcel?"}]'
curl URL/_control/ledger
"""

import argparse
import threading

from tests.fakes.x import SECRETS, XServer
from tests.fakes.x.endpoints import Account


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--handle", default="shop")
    given = parser.parse_args()
    server = XServer(given.port, Account(username=given.handle)).start()
    print(server.url, flush=True)
    print(" ".join(f"{name}={value}" for name, value in SECRETS.items()), flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.stop()


if __name__ == "__main__":
    main()
