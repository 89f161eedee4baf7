"""What an operator should know of the server, for `check --online`: its limit, and what it filters or drops."""

from contextlib import suppress
from datetime import datetime

from listener.errors import ReadFailed
from listener.platforms.kit.values import Untrusted, object_in
from listener.platforms.mastodon.caller import Caller

_POLICY = "/api/v2/notifications/policy"  # Mastodon 4.3 and newer
_WHOM = {
    "for_not_following": "people the account does not follow",
    "for_not_followers": "people who do not follow the account",
    "for_new_accounts": "new accounts",
    "for_private_mentions": "private mentions",
    "for_limited_accounts": "accounts limited by a moderator",
}
_WHERE = "Preferences, Notifications"


def read_remarks(caller: Caller, limit: int, now: datetime) -> tuple[str, ...]:
    """Return what differs from the section, and what the account's own settings keep back."""
    return (*_limit_remarks(caller, limit, now), *_policy_remarks(caller, now))


def _limit_remarks(caller: Caller, limit: int, now: datetime) -> tuple[str, ...]:
    """Return where the server's limit is another than the section's; nothing where it names none."""
    most = None
    for path in ("/api/v1/instance", "/api/v2/instance"):
        with suppress(ReadFailed):
            most = _most(caller.get(path, now)) or most
    if most is None or most == limit:
        return ()
    why = "it refuses longer replies" if most < limit else "longer replies are possible"
    return (f"this server takes {most} characters and not {limit}: {why}; set characters = {most}",)


def _most(instance: object) -> int | None:
    """The server's limit: Mastodon's and GoToSocial's place, or Pleroma's."""
    answer = object_in(instance)
    statuses = object_in(object_in(answer.get("configuration")).get("statuses"))
    most = statuses.get("max_characters", answer.get("max_toot_chars"))
    return most if isinstance(most, int) and most > 0 else None


def _policy_remarks(caller: Caller, now: datetime) -> tuple[str, ...]:
    """Return what the notification policy drops, which nobody can read any more, and what it filters."""
    try:
        policy = object_in(caller.get(_POLICY, now))
    except ReadFailed:
        return ()
    dropped, filtered = _affected(policy, "drop"), _affected(policy, "filter")
    remarks = [f"the server drops notifications of {dropped}: Earshot never sees them; change it in {_WHERE}"]
    remarks += [f"the server filters notifications of {filtered}: Earshot reads them all the same"]
    return tuple(remark for remark, whom in zip(remarks, (dropped, filtered), strict=True) if whom)


def _affected(policy: Untrusted, how: str) -> str:
    rules = [name for name, rule in policy.items() if name.startswith("for_") and rule == how]
    return ", ".join(_WHOM.get(name, name.removeprefix("for_").replace("_", " ")) for name in rules)
