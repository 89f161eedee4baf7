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

from tests.fediverse import needs
from tests.network.boot import free_port

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
        told = _run(*self.command, "adduser", str(self.data), name)
        return next(line.split()[-1] for line in told.splitlines() if "password" in line)

    def answers_of(self, name: str) -> list[Any]:
        """All posts of an account that answer something, from the server's disk: whom it sent them to is in no API."""
        files = (self.data / "object").glob("*/*.json")
        found = [json.loads(path.read_text(encoding="utf-8")) for path in files]
        return [one for one in found if one.get("attributedTo") == f"{self.url}/{name}" and one.get("inReplyTo")]


@contextmanager
def server(*users: str) -> Iterator[tuple[Server, dict[str, str]]]:
    """A server with these accounts, and their passwords. Raises needs.Missing before anything is started."""
    command, folder = needs.snac(), Path(tempfile.mkdtemp(prefix="earshot-fediverse-"))
    try:
        made = _make(command, folder / "data")
        passwords = {user: made.add_user(user) for user in users}
        with (folder / "log").open("w") as log:
            process = subprocess.Popen([*command, "httpd", str(made.data)], stdout=log, stderr=log, env=_env())
            try:
                _wait(made)
                yield made, passwords
            finally:
                process.terminate()
                _end(process)
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
        raise needs.Missing(f"snac {command[-2]} failed: {(done.stdout + done.stderr).strip()[-300:]}")
    return done.stdout + done.stderr


def _env() -> dict[str, str]:
    """Without a proxy: snac speaks to itself."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


def _wait(made: Server) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            httpx.get(f"{made.url}/api/v1/instance", trust_env=False)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise needs.Missing(f"snac does not answer at {made.url}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
