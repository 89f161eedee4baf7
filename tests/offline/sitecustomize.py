"""Imported by every Python that a test starts: a connection to anywhere but this machine raises."""

import sys
from typing import Any

HERE = frozenset({None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::"})


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple):
        host = args[1][0]
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name not in HERE:
        raise RuntimeError(f"a test reached for the network: {event} {name!r}")


sys.addaudithook(_refuse)
