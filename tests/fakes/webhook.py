"""A web hook on 127.0.0.1 that keeps what it is given."""

from collections.abc import Callable

from tests.fakes.loopback import Call, Json, Loopback, Reply


class Webhook(Loopback):
    """status: what it answers; bodies: the JSON it was given; paths: what was called with success."""

    def __init__(self) -> None:
        super().__init__()
        self.status = 200
        self.bodies: list[Json] = []
        self.paths: list[str] = []

    def route(self, call: Call) -> tuple[str, Callable[[], Reply]]:
        """Every path is the same endpoint."""
        return "hook", lambda: self._keep(call)

    def _keep(self, call: Call) -> Reply:
        if self.status == 200:
            self.paths.append(call.path)
            if call.json() is not None:
                self.bodies.append(call.json())
        return self.status, "{}"
