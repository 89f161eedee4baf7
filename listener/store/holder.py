"""Who holds the lock of an installation: the process that may poll, decide and send."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock, or held it last. since: UTC, as text; host: where it runs, on a server of databases."""

    command: str
    pid: int
    since: str
    is_alive: bool
    host: str = ""

    def __str__(self) -> str:
        where = f" on {self.host}" if self.host else ""
        return f"`earshot {self.command}` (process {self.pid}{where}, since {self.since})"
