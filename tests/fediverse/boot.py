"""Starts snac in a temporary folder on a free port of 127.0.0.1, and ends it, whatever happens in between."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.evening import Missing, end, free_port
from tests.fediverse import needs

_PATIENCE = 30.0  # seconds to start


@dataclass
class Server:
    """A snac that serves. host: as its handles and addresses name it."""

    command: list[str]
    data: Path
    host: str

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.host}"

    def add_user(self, name: str) -> str:
        """Make an account; returns its password."""
        output = _run(*self.command, "adduser", str(self.data), name)
        return next(line.split()[-1] for line in output.splitlines() if "password" in line)

    def answers_of(self, name: str) -> list[Any]:
        """All posts of an account that answer something, from the server's disk: whom it sent them to is in no API.

        Accounts lie there too, and are not read: snac 2.75 writes stray bytes of memory behind their public keys.
        """
        files = (path.read_bytes() for path in (self.data / "object").glob("*/*.json"))
        posts = [json.loads(content) for content in files if b'"inReplyTo"' in content]
        return [post for post in posts if post.get("attributedTo") == f"{self.url}/{name}" and post["inReplyTo"]]

    def notifications_of(self, name: str) -> list[tuple[str, int]]:
        """Every notification that an account ever got, as (uri of the post, id): the API lists the newest 64 only.

        An id is the microsecond at which snac made it; the API gives it without the point.
        """
        files = (self.data / "user" / name / "notify").glob("*.json")
        entries = [json.loads(path.read_text(encoding="utf-8")) for path in files]
        return [(entry["objid"], int(entry["id"].replace(".", ""))) for entry in entries if entry.get("objid")]


@contextmanager
def server(*users: str) -> Iterator[tuple[Server, dict[str, str]]]:
    """A server with these accounts, and their passwords. Raises Missing before anything is started."""
    command, folder = needs.snac(), Path(tempfile.mkdtemp(prefix="earshot-fediverse-"))
    try:
        running = _make(command, folder / "data")
        passwords = {user: running.add_user(user) for user in users}
        with (folder / "log").open("w") as log:
            process = subprocess.Popen([*command, "httpd", str(running.data)], stdout=log, stderr=log, env=_env())
            try:
                _wait(running)
                yield running, passwords
            finally:
                process.terminate()
                end(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(command: list[str], data: Path) -> Server:
    host = f"localhost:{free_port()}"
    address, port = "127.0.0.1", host.rpartition(":")[2]
    _run(*command, "init", str(data), answers=f"{address}\n{port}\n{host}\n\n\n")
    config = json.loads((data / "server.json").read_text())
    (data / "server.json").write_text(json.dumps({**config, "protocol": "http", "disable_email_notifications": True}))
    return Server(command, data, host)


def _run(*command: str, answers: str = "") -> str:
    done = subprocess.run(command, input=answers, capture_output=True, text=True, check=False, env=_env(), timeout=60)
    if done.returncode:
        raise Missing(f"snac {command[-2]} failed: {(done.stdout + done.stderr).strip()[-300:]}")
    return done.stdout + done.stderr


def _env() -> dict[str, str]:
    """Without a proxy: snac speaks to itself."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


def _wait(running: Server) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            httpx.get(f"{running.url}/api/v1/instance", trust_env=False)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise Missing(f"snac does not answer at {running.url}")
