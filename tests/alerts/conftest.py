"""A store, channels on loopback, and a clock that a test moves."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from listener.alert_rules import AlertChannel, AlertRules
from listener.alerts.causes import Watch
from listener.alerts.channels import AppriseChannels
from listener.alerts.dispatch import Alerts
from listener.protocols import Budget
from listener.settings import EnvSecrets
from listener.store import notices
from tests.fakes.smtp import MailServer
from tests.fakes.webhook import Webhook
from tests.line import Line, line

__all__ = ["line"]

OPS = AlertChannel("ops")
QUIET = AlertRules(channels=(OPS,), unattended_after=None, disk_free=0)


@dataclass
class Bell:
    """What a test rings with: the line, a web hook and a mail server."""

    line: Line
    hook: Webhook
    mail: MailServer
    rules: AlertRules = QUIET
    budgets: dict[str, Budget] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.env["EARSHOT_ALERT_OPS_URL"] = self.hook.url.replace("http:", "json:") + "/hook"
        self.env["EARSHOT_ALERT_MAIL_URL"] = f"mailto://127.0.0.1:{self.mail.port}?from=e@a.example&to=ops@a.example"

    def alerts(self) -> Alerts:
        """The stage as the rules are now."""
        watch = Watch(self.rules, self.line.policy, self.budgets, self.line.folder)
        return Alerts(self.line.store, watch, AppriseChannels(EnvSecrets(self.env)), self.line.clock)

    def with_channel(self, **changes: object) -> None:
        """Change the channel."""
        self.rules = replace(self.rules, channels=(replace(OPS, **changes),))  # type: ignore[arg-type]

    def ring(self, **span: float) -> list[str]:
        """Move time on, run the stage, and return the texts that came meanwhile."""
        self.line.now += timedelta(**span)
        before = len(self.hook.bodies)
        self.alerts().run()
        return [str(body["message"]) for body in self.hook.bodies[before:]]

    def open(self, kind: str = "unreachable", what: str = "x could not be read", subject: str = "reading") -> None:
        """Open a notice."""
        with self.line.store.write() as connection:
            notices.open_notice(connection, kind, "x", what, "look at the network", self.line.now, subject=subject)

    def end(self, kind: str = "unreachable", subject: str = "reading") -> None:
        """Clear a notice."""
        with self.line.store.write() as connection:
            notices.clear(connection, kind, "x", self.line.now, subject=subject)

    def open_kinds(self) -> list[str]:
        """The kinds of the open notices."""
        with self.line.store.read() as connection:
            return [notice.kind for notice in notices.list_open(connection)]


@pytest.fixture
def bell(tmp_path: Path) -> Iterator[Bell]:
    """Servers that answer, and nothing to tell."""
    hook = Webhook().start()
    line = Line(tmp_path)
    with MailServer() as mail:
        yield Bell(line, hook, mail)
    hook.stop()
    line.store.close()
