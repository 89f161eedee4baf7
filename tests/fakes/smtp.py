"""A mail server on 127.0.0.1 that keeps what it is given, or refuses it."""

import socketserver
import threading
from email import message_from_bytes
from email.message import Message
from typing import Self


class MailServer:
    """mails: what came; refuses: answer 550 to every recipient."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.refuses = False
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Session", (_Session,), {"mail": self}))
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Session(socketserver.StreamRequestHandler):
    mail: MailServer

    def handle(self) -> None:
        self._say("220 ready")
        for line in iter(self.rfile.readline, b""):
            verb = line.strip().upper()[:4]
            if verb == b"DATA":
                self._take()
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                refused = verb == b"RCPT" and self.mail.refuses
                self._say("550 no such mailbox" if refused else "250 ok")

    def _take(self) -> None:
        self._say("354 go on")
        lines = list(iter(self.rfile.readline, b".\r\n"))
        self.mail.mails.append(message_from_bytes(b"".join(lines)))
        self._say("250 kept")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")
