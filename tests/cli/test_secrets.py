"""A server that echoes our secrets in its errors: they reach no file, no log and no screen."""

import json
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import pytest

from tests.fakes.loopback import Call, Loopback, Reply
from tests.process import Home, until

SECTIONS = {
    "mastodon": '[platforms.mastodon]\nserver_url = "{url}"\nstart = "all"\npoll_seconds = 0.2\n',
    "bluesky": '[platforms.bluesky]\nservice_url = "{url}"\nstart = "all"\npoll_seconds = 0.2\n',
    "x": '[platforms.x]\nhandle = "shop"\napi_url = "{url}"\nstart = "all"\npoll_seconds = 0.2\n',
}
SECRETS = {
    "mastodon": {"EARSHOT_MASTODON_TOKEN": "canary-mastodon-1"},
    "bluesky": {"EARSHOT_BLUESKY_HANDLE": "shop.example", "EARSHOT_BLUESKY_APP_PASSWORD": "canary-blue-word"},
    "x": {
        f"EARSHOT_X_{name}": f"canary-{name}"
        for name in ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET")
    },
}


class Parrot(Loopback):
    """Refuses every call, with what it was sent in the words of the error: as JSON, as HTML, as a redirect."""

    def __init__(self) -> None:
        super().__init__()
        self._turns = cycle((401, 400, 500, 403, 404, 429))

    def route(self, call: Call) -> tuple[str, Callable[[], Reply]]:
        """Echo the credentials and the body."""
        status = next(self._turns)
        echo = f"no access with {call.headers.get('authorization')} {call.body.decode()}"
        fields = dict.fromkeys(("error", "error_description", "message", "title", "detail", "reason"), echo)
        self.headers["Location"] = f"{self.url}/login?token={echo[-40:]}".replace("\n", " ")
        return "any", lambda: (status, json.dumps({**fields, "errors": [fields]}))


@pytest.fixture
def parrot() -> Iterator[Parrot]:
    """A server that echoes."""
    server = Parrot().start()
    yield server
    server.stop()


@pytest.mark.parametrize("platform", SECTIONS)
def test_an_echoed_secret_reaches_no_file_no_log_and_no_screen(tmp_path: Path, parrot: Parrot, platform: str) -> None:
    """Three rounds of `once`, a daemon, `check --online`, and every screen that shows an error."""
    home = Home(tmp_path, env=dict(SECRETS[platform]))
    home.configure(SECTIONS[platform].format(url=parrot.url))
    shown = [home.run("once") for _ in range(3)]
    with home.start("run") as daemon:
        before = len(parrot.calls)
        until(lambda: len(parrot.calls) > before, "it called")
        daemon.terminate()
        out, err = daemon.communicate()
    screens = (("status",), ("status", "--json"), ("notices",), ("check", "--online"), ("log",), ("quarantine",))
    shown += [home.run(*screen) for screen in screens]
    texts = [out, err, *(text for done in shown for text in (done.out, done.err))]
    assert any("[secret]" in done.out for done in shown), "nothing was echoed"
    secrets = [value for name, value in SECRETS[platform].items() if not name.endswith("HANDLE")]
    leaks = [secret for secret in secrets for text in texts if secret in text]
    files = [path for path in home.data.rglob("*") if path.is_file()]
    leaks += [path.name for path in files for secret in secrets if secret.encode() in path.read_bytes()]
    assert leaks == []
