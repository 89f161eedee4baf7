"""The sum of many runs, and how it is told."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tests.faults.evidence import Ran

ENOUGH = 300
COUNTED = ("lost", "doubled", "silent")


@dataclass
class Tally:
    """Sums. found: findings by their sort."""

    runs: int = 0
    mentions: int = 0
    posts: int = 0
    commands: int = 0
    with_a_kill: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    announced: Counter[str] = field(default_factory=Counter)
    applauded: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)

    def add(self, ran: Ran) -> None:
        """One run more."""
        self.runs += 1
        self.mentions += ran.mentions
        self.posts += ran.posts
        self.commands += ran.commands
        self.with_a_kill += bool(ran.kills)
        self.kills += ran.kills
        self.struck += ran.struck
        self.ends += ran.ends
        self.announced += ran.announced
        self.applauded += ran.applauded
        self.found += Counter(one.wrong for one in ran.findings)

    def missed(self, points: Collection[str], staged: Collection[str] = ()) -> list[str]:
        """The points at which nothing was killed and what never struck, in runs so many that this is no accident."""
        if self.runs < ENOUGH:
            return []
        return [*(one for one in points if not self.kills[one]), *(one for one in staged if not self.struck[one])]

    @property
    def sound(self) -> bool:
        """True when no run found anything."""
        return not self.found.total()

    def lines(self) -> list[str]:
        """The counts, the verdict last."""
        return [
            f"runs {self.runs} ({self.with_a_kill} with a kill -9)  commands {self.commands}",
            f"mentions {self.mentions}  replies approved {self.ends.total()}  posts {self.posts}",
            f"kills {_told(self.kills)}",
            f"network faults {_told(self.struck)}",
            f"replies ended {_told(self.ends)}",
            f"announcements ended {_told(self.announced)}",
            f"applause ended {_told(self.applauded)}",
            *([f"broken {self.found['broken']}"] if self.found["broken"] else []),
            " ".join(f"{name} {self.found[name]}" for name in COUNTED),
        ]


def _told(counts: Mapping[str, int]) -> str:
    parts = ", ".join(f"{name} {counts[name]}" for name in sorted(counts))
    return f"{sum(counts.values())}" + (f": {parts}" if parts else "")
