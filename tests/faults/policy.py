"""The policies of the runs: the starter's without quiet hours and with applause, and that with automatic thanks."""

from listener.settings import starter
from listener.settings.policy import POLICY_FILES

OFF = "on = false"  # of applause
QUIET = 'quiet = ["21:00-08:00"]'


def texts(*, auto: bool) -> dict[str, str]:
    """The policy's files by name."""
    read = {name: (starter() / name).read_text(encoding="utf-8") for name in POLICY_FILES}
    head, mark, tail = read["policy.toml"].partition("[responders.thank_you]")
    assert QUIET in tail and 'auto = "never"' in tail and read["club.toml"].count(OFF) == 1, (
        "the starter's policy has changed: change this too"
    )
    tail = tail.replace(QUIET, "quiet = []", 1)
    read["policy.toml"] = head + mark + (tail.replace('auto = "never"', 'auto = "always"', 1) if auto else tail)
    read["club.toml"] = read["club.toml"].replace(OFF, "on = true", 1)
    return read
