"""A server on 127.0.0.1 for fakes: routes to calls, faults on order, a clock that may be ahead."""

import json
import socket
import struct
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.faults import MANGLED, Fault, Faults

Json = dict[str, Any]
Reply = tuple[int, str]


@dataclass(frozen=True)
class Call:
    """A request. target: path and query as they came; pairs: its query; headers: names in lower case."""

    method: str
    target: str
    path: str
    pairs: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def params(self) -> dict[str, str]:
        """The query, the last one of each name."""
        return dict(self.pairs)

    def json(self) -> Any:
        """The body, or None when it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Loopback(ABC):
    """Serves what `route` gives. answers: replies that a fault of that mode gives; headers: sent with every answer;

    filler: what is told slowly, or in half, of a call that was not carried out.

    forgets: a connection that was used once is reset at its next request, without a word; calls: all that came.
    """

    answers: ClassVar[Mapping[str, Reply]] = {}
    filler: ClassVar[Json] = {"id": "1"}

    def __init__(self, port: int = 0) -> None:
        self.faults, self.headers, self.ahead, self.forgets = Faults(), dict[str, str](), timedelta(0), False
        self.calls: list[tuple[str, Call]] = []
        handler = type("Handler", (Handler,), {"server_": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._http.daemon_threads, self._http.block_on_close = True, False
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @abstractmethod
    def route(self, call: Call) -> tuple[str, Callable[[], Reply]]:
        """The endpoint's name, by which faults are ordered, and what carries the call out."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def now(self) -> datetime:
        """The server's clock."""
        return datetime.now(UTC) + self.ahead

    def served(self, endpoint: str, call: Call, status: int) -> None:
        """Note a call that was carried out with this status, or was not (0)."""
        self.calls.append((endpoint, call))

    def start(self) -> Self:
        """Serve in a thread."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End, stalled calls included."""
        self.faults.lift()
        self._http.shutdown()
        self._http.server_close()

    def fail_next(self, endpoint: str, mode: str, *, times: int = 1, after: bool = False, **more: Any) -> Fault:
        """Let the next calls of this endpoint fail; see tests.fakes.faults."""
        return self.faults.add(endpoint, Fault(mode, after=after, left=times, **more))


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server_: ClassVar[Loopback]
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    used = False

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _serve(self, body: bytes) -> None:
        if self.server_.forgets and self.used:
            return self._cut()
        self.used = True
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, self.path, parts.path, parse_qsl(parts.query, keep_blank_values=True), headers, body)
        self.call = call
        endpoint, carry_out = self.server_.route(call)
        fault = self.server_.faults.take(endpoint)
        status, text = (0, "") if fault and not fault.after else carry_out()
        self.server_.served(endpoint, call, status)
        self._fail(fault, status, text) if fault else self._send(status, text)
        return None

    def _fail(self, fault: Fault, status: int, text: str) -> None:
        if fault.mode == "echo":
            said = (
                f"no such secret: {self.call.headers.get('authorization')} {self.call.body.decode('utf-8', 'replace')}"
            )
            refusal = {"error": said, "message": said, "detail": said, "title": said}
            self._send(fault.status if fault.status != 200 else 401, json.dumps(refusal), fault.headers)
        elif fault.mode in self.server_.answers:
            self._send(*self.server_.answers[fault.mode], fault.headers)
        elif fault.mode == "body":
            self._send(fault.status, fault.text, fault.headers)
        elif fault.mode in MANGLED:
            raw, headers = MANGLED[fault.mode]((text or json.dumps(self.server_.filler)).encode())
            self._head(status or 200, len(raw), headers)
            self.wfile.write(raw)
        elif fault.mode == "cut":
            self._cut()
        else:
            self._slowly(fault, status or 200, text or json.dumps(self.server_.filler))

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
        standard = {"Date": format_datetime(self.server_.now(), usegmt=True), "Content-Type": "application/json"}
        for name, value in {**standard, **self.server_.headers, **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.flush()

    def _cut(self) -> None:
        """Close with a reset instead of a polite end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
