"""The network between a daemon and the database: a proxy on loopback that can be cut.

While it is cut nothing passes in either direction, and nothing is told: a partition. What was open before is closed
when it is mended, as a peer does that has given up meanwhile.
"""

import select
import socket
import threading
from contextlib import suppress


class Link:
    """Listens on a port of its own, and forwards to the database's."""

    def __init__(self, port: int) -> None:
        self._target, self._server = port, socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._is_cut, self._era = threading.Event(), 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Let nothing pass any more."""
        self._is_cut.set()

    def mend(self) -> None:
        """Let new connections pass."""
        self._era += 1
        self._is_cut.clear()

    def close(self) -> None:
        """Take no connection any more."""
        self._era += 1
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                theirs, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(theirs, self._era), daemon=True).start()

    def _serve(self, theirs: socket.socket, era: int) -> None:
        with theirs, suppress(OSError):
            while self._is_cut.is_set():
                if era != self._era:
                    return
                select.select([], [], [], 0.05)
            with socket.create_connection(("127.0.0.1", self._target)) as ours:
                self._forward(theirs, ours, era)

    def _forward(self, theirs: socket.socket, ours: socket.socket, era: int) -> None:
        while era == self._era:
            readable, _, _ = select.select([theirs, ours], [], [], 0.05)
            if self._is_cut.is_set():
                select.select([], [], [], 0.05)
                continue
            for end in readable:
                data = end.recv(65536)
                if not data:
                    return
                (ours if end is theirs else theirs).sendall(data)
