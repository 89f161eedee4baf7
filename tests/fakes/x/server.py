"""The fake X over HTTP on 127.0.0.1: every call signed, faults on order, and `/_control/...` for a human with curl."""

import json
import socket
import struct
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.x import control
from tests.fakes.x.auth import SECRETS, signed
from tests.fakes.x.endpoints import Account, Reply, X
from tests.fakes.x.faults import ANSWERS, Fault, Faults
from tests.fakes.x.posts import Post

__all__ = ["SECRETS", "XServer"]


class XServer:
    """The server. x: its state; faults: its script; secrets: those that sign; headers: sent with every answer."""

    def __init__(self, port: int = 0, account: Account | None = None) -> None:
        self.x, self.faults, self.secrets = X(account or Account()), Faults(), dict(SECRETS)
        self.headers: dict[str, str] = {"x-access-level": "read-write"}
        handler = type("Handler", (_Handler,), {"server_": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._http.daemon_threads, self._http.block_on_close = True, False
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """What api_url is set to."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def start(self) -> "XServer":
        """Serve in a thread."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End, stalled calls included."""
        self.faults.lift()
        self._http.shutdown()
        self._http.server_close()

    def fail_next(self, endpoint: str, mode: str, *, times: int = 1, after: bool = False, **more: Any) -> Fault:
        """Let the next calls of this endpoint fail; see `faults`."""
        return self.faults.add(endpoint, Fault(mode, after=after, left=times, **more))

    def mention(self, text: str = "@shop hello", *, late: float = 0, at: datetime | None = None, **more: Any) -> Post:
        """Somebody posts. late: seconds until it is listed; @shop in the text mentions us unless told otherwise."""
        now = at or self.x.posts.now()
        named = f"@{self.x.account.username}".lower() in text.lower()
        more.setdefault("mentions", [(self.x.account.id, self.x.account.username)] if named else [])
        more.setdefault("author_id", "7001")
        post_id = more.pop("id", None) or self.x.posts.new_id(now)
        indexed = self.x.posts.now() + timedelta(seconds=late)
        return self.x.posts.add(Post(id=post_id, text=text, created_at=now, indexed_at=indexed, **more))

    def own(self, text: str, reply_to: str | None = None, *, late: float = 0) -> Post:
        """The account posts from the app, by a person's hand."""
        target = self.x.posts.by_id.get(reply_to or "")
        user = target.author_id if target else None
        me = self.x.account.id
        return self.mention(text, late=late, author_id=me, reply_to=reply_to, reply_to_user=user, mentions=[])

    def edit(self, post_id: str, text: str) -> Post:
        """The author edits: a new id with the old ones as history."""
        old = self.x.posts.by_id[post_id]
        old.deleted = True
        history = [*(old.history or [old.id])]
        new = self.mention(
            text, author_id=old.author_id, mentions=old.mentions, conversation_id=old.conversation_id or old.id
        )
        new.history = [*history, new.id]
        return new


class _Handler(BaseHTTPRequestHandler):
    server_: ClassVar[XServer]
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _serve(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        params = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path.startswith("/_control/"):
            return self._send(*control.serve(self.server_, self.command, parts.path, params, body))
        endpoint, call = self._endpoint(parts.path, params, body)
        fault = self.server_.faults.take(endpoint)
        status, text = self._answered(call, fault)
        self.server_.x.ledger.call(self.server_.x.posts.now(), endpoint, status, params)
        self._fail(fault, status, text) if fault else self._send(status, text)
        return None

    def _answered(self, call: Callable[[], Reply], fault: Fault | None) -> Reply:
        if fault and not fault.after:
            return 0, ""
        host = f"http://{self.headers.get('Host')}{self.path}"
        if not signed(self.command, host, self.headers.get("Authorization") or "", self.server_.secrets):
            return ANSWERS["unauthorized"]
        return call()

    def _endpoint(self, path: str, params: dict[str, str], body: bytes) -> tuple[str, Callable[[], Reply]]:
        x, bits = self.server_.x, path.strip("/").split("/")
        if self.command == "POST" and path == "/2/tweets":
            return "POST /2/tweets", lambda: x.create(_json(body))
        if path == "/2/users/me":
            return "GET /2/users/me", x.me
        if path == "/2/tweets/search/recent":
            return "GET /2/tweets/search/recent", lambda: x.search(params)
        if len(bits) == 4 and bits[:2] == ["2", "users"] and bits[3] in ("mentions", "tweets"):
            call = x.mentions if bits[3] == "mentions" else x.timeline
            return f"GET /2/users/:id/{bits[3]}", lambda: call(bits[2], params)
        return f"{self.command} {path}", lambda: ANSWERS["missing-page"]

    def _fail(self, fault: Fault, status: int, text: str) -> None:
        if fault.mode in ANSWERS:
            self._send(*ANSWERS[fault.mode], fault.headers)
        elif fault.mode == "body":
            self._send(fault.status, fault.text, fault.headers)
        elif fault.mode == "cut":
            self._cut()
        else:
            self._slowly(fault, status or 200, text or json.dumps({"data": {"id": "1"}, "meta": {}}))

    def _slowly(self, fault: Fault, status: int, text: str) -> None:
        """stall: nothing; half: half the body, then a reset; drip: a byte each tenth of a second."""
        raw = text.encode()
        if fault.mode == "stall":
            fault.held.wait(60)
            return self._cut()
        self._head(status, len(raw), {})
        if fault.mode == "half":
            self.wfile.write(raw[: len(raw) // 2])
            return self._cut()
        for byte in raw:
            if fault.held.wait(0.1):
                break
            self.wfile.write(bytes([byte]))
        return self._cut()

    def _send(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        raw = text.encode("utf-8", "surrogatepass")
        self._head(status, len(raw), headers or {})
        self.wfile.write(raw)

    def _head(self, status: int, length: int, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        kind = "application/json; charset=utf-8" if status < 500 else "text/html"
        date = format_datetime(self.server_.x.posts.now(), usegmt=True)
        for name, value in ({"Date": date, "Content-Type": kind} | self.server_.headers | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.flush()

    def _cut(self) -> None:
        """Close with a reset instead of a polite end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
