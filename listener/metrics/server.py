"""A small HTTP server for a monitoring system: /healthz, /readyz and /metrics."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from listener.errors import EarshotError, InputError
from listener.metrics.figures import Figures

log = logging.getLogger(__name__)

AT_ONCE = 4  # requests that are answered at a time; others must come again
PATIENCE_S = 5.0  # for a client that is slow to ask or to read
Answer = tuple[int, str, bytes]
"""(status, content type, body)"""


class MetricsServer:
    """Serves until it is stopped. find_problem: why the daemon is not healthy, None when it is. Raises InputError."""

    def __init__(self, address: tuple[str, int], figures: Figures, find_problem: Callable[[], str | None]) -> None:
        self._registry, self._find_problem = CollectorRegistry(auto_describe=False), find_problem
        self._registry.register(figures)
        self._free = threading.BoundedSemaphore(AT_ONCE)
        try:
            self._http = ThreadingHTTPServer(address, type("Bound", (_Handler,), {"metrics": self}))
        except OSError as error:
            where = f"{address[0]}:{address[1]}"
            do = "choose another address in [metrics] of earshot.toml"
            raise InputError(f"cannot listen on {where} ({error.strerror})", do) from None
        self._http.daemon_threads, self._http.block_on_close = True, False
        self.port = int(self._http.server_address[1])

    def start(self) -> None:
        """Serve in a thread that ends with the process."""
        threading.Thread(target=self._http.serve_forever, args=(0.5,), daemon=True, name="earshot-metrics").start()

    def stop(self) -> None:
        """End."""
        self._http.shutdown()
        self._http.server_close()

    def answer(self, path: str) -> Answer:
        """Return the answer to a path, unless too many are asked for at once."""
        if not self._free.acquire(blocking=False):
            return 503, "text/plain", b"too many requests at once\n"
        try:
            return self._answer(path)
        finally:
            self._free.release()

    def _answer(self, path: str) -> Answer:
        if path == "/metrics":
            return self._figures()
        if path == "/readyz":
            status, _, body = self._figures()
            return (200, "text/plain", b"ready\n") if status == 200 else (status, "text/plain", body)
        if path == "/healthz":
            problem = self._find_problem()
            return (503, "text/plain", f"{problem}\n".encode()) if problem else (200, "text/plain", b"healthy\n")
        return 404, "text/plain", b"/healthz, /readyz and /metrics are served here\n"

    def _figures(self) -> Answer:
        try:
            return 200, CONTENT_TYPE_LATEST, generate_latest(self._registry)
        except EarshotError as error:
            return 503, "text/plain", f"{error}\n".encode()


class _Handler(BaseHTTPRequestHandler):
    metrics: ClassVar[MetricsServer]
    timeout = PATIENCE_S
    server_version, sys_version = "earshot", ""

    def do_GET(self) -> None:
        """Answer, and close the connection."""
        with suppress(OSError):  # who asked has gone
            self._answer()

    do_HEAD = do_GET

    def _answer(self) -> None:
        status, kind, body = self.metrics.answer(self.path.partition("?")[0])
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: a monitoring system asks every few seconds."""
