"""What all platforms on a loopback server have in common in a random run: calls that fail, and kills inside them."""

import random
from abc import abstractmethod
from pathlib import Path
from typing import Any

from tests.faults.commands import Nursery
from tests.faults.deadly import KILLS, Deadly
from tests.faults.world import World

LOST = ("cut", "half", "unavailable", "internal", "empty", "html")  # the answer tells nothing
ABSENT, SLOW = "passing absence", "slow server"
SLOW_SECONDS = 0.4  # of an answer to what sends: two polls are due meanwhile
BODIES = {"empty": "", "html": "<html>sorry</html>"}  # with a 200


class NetworkWorld(World):
    """A run against a fake. reads: endpoints, the usual ones more than once; lost: modes that tell nothing of the call;

    refused: modes that say no to any call;

    item: those that say no to one reply; look: those that answer a read alone; missing: endpoints, and how they do not
    find what is there.
    """

    kills_in_call = KILLS
    reads: tuple[str, ...]
    lost: tuple[str, ...] = LOST
    refused: tuple[str, ...]
    item: tuple[str, ...]
    look: tuple[str, ...] = ()
    missing: tuple[tuple[str, str], ...]
    acts: tuple[str, ...] = ()  # endpoints that like and repost
    staged = (ABSENT, SLOW)

    def __init__(self, folder: Path, nursery: Nursery, rng: random.Random, server: Deadly) -> None:
        super().__init__(folder, nursery, rng)
        self.server = server
        server.arm()
        server.start()
        self.struck = server.script.struck
        self.move_on(0)

    @abstractmethod
    def limit_headers(self) -> dict[str, str]:
        """Of a rate limit: none, in the past, ahead, in seconds."""

    def trouble(self) -> str:
        """One to three faults, on reading or on sending, before the call is carried out or after it."""
        told = []
        for _ in range(self.rng.randint(1, 3)):
            send = self.rng.random() < 0.6
            mode = self.rng.choice(
                (*self.lost, *self.lost, *self.refused, *(self.item if send else self.look), *(("half-read",) * send))
            )
            sending = (self.server.post,) * 4 + self.acts
            endpoint = self.rng.choice(sending if send else self.reads)
            answered = mode in self.lost  # a server carries out nothing that it refuses
            after = answered and mode != "half-read" and self.rng.random() < 0.6
            times = self.rng.choice((1, 1, 1, 2))
            self._scripted(endpoint, mode, after, times)
            told.append(f"{endpoint} {mode}{' after' if after else ''} x{times}")
        return ", ".join(told)

    def _scripted(self, endpoint: str, mode: str, after: bool, times: int) -> None:
        more: dict[str, Any] = {"times": times, "after": after, "headers": self.limit_headers()}
        if mode in BODIES:
            self.server.fail_next(endpoint, "body", text=BODIES[mode], **more)
        else:
            self.server.fail_next(endpoint, mode, **more)

    def absence(self) -> str:
        """A passing one: of the look before sending, or of the answer to it."""
        endpoint, mode = self.rng.choice(self.missing)
        times = self.rng.choice((1, 1, 2, 3))
        self.server.fail_next(endpoint, mode, times=times)
        self.struck[ABSENT] += 1
        return f"{endpoint} {mode} x{times}, in passing"

    def slow_down(self) -> bool:
        """Longer than from one poll to the next."""
        self.server.answers_after = SLOW_SECONDS
        self.struck[SLOW] += 1
        return True

    @abstractmethod
    def say(self) -> None:
        """Somebody mentions us."""

    def strike(self, point: str) -> None:
        """S4 in the middle of the request, S5 before an answer, S6 in the middle of the answer."""
        self.server.prey(None)
        carried_out = point == "S6" or (point == "S5" and self.rng.random() < 0.6)
        self.server.fail_next(self.server.post, point, after=carried_out)

    def stall(self) -> bool:
        """Until the faults are lifted, or the caller gives up."""
        self.server.fail_next(self.server.post, "stall", after=self.rng.random() < 0.5)
        return True

    def killed_in_call(self) -> str:
        """Told by the thread that did it."""
        point, self.server.killed = self.server.killed, ""
        return point

    def prey(self, pid: int) -> None:
        """Known a moment after its birth."""
        self.server.prey(pid)

    def lift(self) -> None:
        """The server is well again."""
        self.server.faults.lift()
        self.server.answers_after = 0.0

    def close(self) -> None:
        """Stop serving."""
        self.server.stop()
