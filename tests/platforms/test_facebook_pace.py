"""What the file of sent replies keeps: tries that sent nothing, clocks that were ahead, and another user's file."""

from pathlib import Path

import pytest

from listener.errors import Indeterminate, NotSent, ReadFailed
from listener.model import Outgoing
from tests.platforms.meta_worlds import FacebookWorld, facebook_world, later
from tests.platforms.test_facebook_sending import live, reply, said

__all__ = ["facebook_world"]


def test_tries_that_sent_nothing_are_no_repetition(world: FacebookWorld) -> None:
    """A proxy in between refuses ten times: the reply is not held for a day as sent too often."""
    target = said(world)
    platform = live(world, "f", app_is_live=True, alike_per_day=1, replies_per_hour=1, reply_spacing_seconds=0.0)
    for _ in range(3):
        world.server.fail_next("POST comments", "proxy-page")
        with pytest.raises(NotSent):
            platform.post(platform.prepare(Outgoing(1, 1, "Thank you so much!", target), world.server.now()))
    platform.post(platform.prepare(Outgoing(1, 1, "Thank you so much!", target), world.server.now()))
    assert len(world.posted()) == 1


def test_what_a_clock_that_was_ahead_has_kept_holds_nothing(world: FacebookWorld) -> None:
    """Neither the first reply, nor a block, nor a first look of next month."""
    target, text = said(world), "Thank you!"
    platform = live(world, "e", app_is_live=True, reply_spacing_seconds=0.0)
    later(world, days=30)
    platform.post(platform.prepare(Outgoing(1, 1, text, target), world.server.now()))
    world.server.fail_next("POST comments", "abusive")
    later(world, minutes=16)
    with pytest.raises(NotSent):
        platform.post(platform.prepare(Outgoing(2, 1, "Hello", target), world.server.now()))
    later(world, days=-30)
    live(world, "e", app_is_live=True).prepare(Outgoing(3, 1, "Hello", target), world.server.now())


def test_first_look_of_a_clock_that_was_ahead_is_no_wait_without_an_end(world: FacebookWorld) -> None:
    """The reply is a person's then, as after any two looks."""
    prepared = reply(world, said(world))
    later(world, days=30)
    with pytest.raises(ReadFailed):
        world.platform.find_reply(prepared)
    later(world, days=-29)
    with pytest.raises(Indeterminate):
        world.platform.find_reply(prepared)


def test_file_of_another_user_is_not_written_over(world: FacebookWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command run as root leaves such a file; nothing is sent until it can be read, and what it holds is kept."""
    world.platform = world.at("same")
    prepared = reply(world, said(world))
    world.platform.post(prepared)
    file = world.folder / "same" / "facebook-sending.json"
    kept, second = file.read_bytes(), reply(world, said(world, "me too"), "Glad to hear it.", 2)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", _refuse)
        with pytest.raises(NotSent, match="cannot be read"):
            world.platform.post(second)
    assert (file.read_bytes(), len(world.posted())) == (kept, 1)


def _refuse(*_: object, **__: object) -> str:
    raise PermissionError(13, "Permission denied")
