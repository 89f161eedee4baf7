"""What fake platforms share: HTTP on 127.0.0.1, faults on order, connections that are forgotten.

A fault strikes one endpoint (`*`: any) before the call is carried out or after it. Modes: cut (the connection is
reset), stall (no answer), half (half of it), drip (a byte now and then), body (`text`, `status`, `headers`), and the
names of a fake's own ANSWERS.
"""

import json
import socket
import struct
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.x.faults import Fault, Faults

Answer = tuple[int, str]  # status and body


@dataclass(frozen=True)
class Call:
    """A call as it came in. query: pairs, since a name may come several times; headers: names in lower case."""

    verb: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def params(self) -> dict[str, str]:
        """The query, the last value of each name."""
        return dict(self.query)

    def json(self) -> Any:
        """The body, or None where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class FakeServer(ABC):
    """A server. headers: sent with every answer; forgetful: closes kept connections without a word; calls: a ledger."""

    answers: ClassVar[Mapping[str, Answer]] = {}

    def __init__(self, port: int = 0) -> None:
        self.faults, self.headers, self.forgetful = Faults(), dict[str, str](), False
        self.calls: list[tuple[str, int]] = []
        handler = type("Handler", (Handler,), {"server_": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._http.daemon_threads, self._http.block_on_close = True, False
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @abstractmethod
    def now(self) -> datetime:
        """The server's clock."""

    @abstractmethod
    def endpoint(self, call: Call) -> str:
        """The name by which faults and the ledger know it."""

    @abstractmethod
    def answer(self, call: Call) -> Answer:
        """Carry it out."""

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def start(self) -> "FakeServer":
        """Serve in a thread."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End, stalled calls included."""
        self.faults.lift()
        self._http.shutdown()
        self._http.server_close()

    def fail_next(self, endpoint: str, mode: str, *, times: int = 1, after: bool = False, **more: Any) -> Fault:
        """Let the next calls of this endpoint fail."""
        return self.faults.add(endpoint, Fault(mode, after=after, left=times, **more))

    def count(self, endpoint: str) -> int:
        """How often an endpoint was called."""
        return sum(name == endpoint for name, _ in self.calls)


class Handler(BaseHTTPRequestHandler):
    """Serves one connection of a FakeServer."""

    server_: ClassVar[FakeServer]
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def do_GET(self) -> None:
        """A read."""
        self._serve(b"")

    def do_POST(self) -> None:
        """A write."""
        self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _call(self, body: bytes) -> Call:
        parts, headers = urlsplit(self.path), {name.lower(): value for name, value in self.headers.items()}
        return Call(self.command, parts.path, parse_qsl(parts.query, keep_blank_values=True), headers, body)

    def _serve(self, body: bytes) -> None:
        call, server = self._call(body), self.server_
        endpoint = server.endpoint(call)
        fault = server.faults.take("*") or server.faults.take(endpoint)
        status, text = server.answer(call) if fault is None or fault.after else (0, "")
        server.calls.append((endpoint, status))
        if fault:
            self._fail(fault, status, text)
        else:
            self._send(status, text)
        if server.forgetful:
            self.close_connection = True

    def _fail(self, fault: Fault, status: int, text: str) -> None:
        if fault.mode in self.server_.answers:
            self._send(*self.server_.answers[fault.mode], fault.headers)
        elif fault.mode == "body":
            self._send(fault.status, fault.text, fault.headers)
        elif fault.mode == "cut":
            self._cut()
        else:
            self._slowly(fault, status or 200, text or '{"nothing": "of use"}')

    def _slowly(self, fault: Fault, status: int, text: str) -> None:
        """stall: nothing; half: half the body, then a reset; drip: a byte each tenth of a second."""
        raw = text.encode()
        if fault.mode == "stall":
            fault.held.wait(60)
            return self._cut()
        self._head(status, len(raw), {})
        if fault.mode == "half":
            self.wfile.write(raw[: len(raw) // 2])
            self.wfile.flush()
            return self._cut()
        for byte in raw:
            if fault.held.wait(0.1):
                break
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
        return self._cut()

    def _send(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        raw = text.encode("utf-8", "surrogatepass")
        self._head(status, len(raw), headers or {})
        self.wfile.write(raw)

    def _head(self, status: int, length: int, headers: Mapping[str, str]) -> None:
        self.send_response_only(status)
        known = {"Date": format_datetime(self.server_.now(), usegmt=True), "Content-Type": "application/json"}
        for name, value in (known | self.server_.headers | dict(headers)).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.flush()

    def _cut(self) -> None:
        """Close with a reset instead of a polite end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
