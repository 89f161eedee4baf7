"""`earshot review` on a real terminal: golden screens, hostile mentions, an editor, no colours."""

import re
from pathlib import Path

import pytest

from tests.cli.review.terminal import needs_tmux, terminal
from tests.cli.test_terminal import HOSTILE, harmless
from tests.conftest import Earshot, write_mentions
from tests.process import until

pytestmark = needs_tmux
COLOUR = re.compile(r"\x1b\[[0-9;]*\b(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]")


def states(queue: Earshot) -> dict[int, str]:
    """Every reply's state."""
    return {one["reply_id"]: one["state"] for one in queue("log", "--limit", "0").lines if one["reply_id"]}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_whole_queue_is_cleared_with_a_key_each(queue: Earshot, home: Path, size: tuple[int, int]) -> None:
    """Four drafts and an escalation, from the first screen to the empty one; the lease is given back."""
    with terminal(home) as shown:
        shown.start(home, size, "review")
        lines = shown.shows("5 wait", "a approve  e edit").splitlines()
        assert max(len(line) for line in lines) <= size[0] and lines[0].startswith("review · dana · 5 wait")
        shown.press("f", "4")
        shown.shows("ago · drafted")
        for waiting in (5, 4, 3, 2):
            shown.shows(f"· {waiting} wait")
            shown.press("a")
        shown.shows("1 wait", "No match")
        shown.press("q")
        assert shown.ended() == 0
    assert list(states(queue).values()).count("approved") == 4
    assert not any(one["claimed_by"] for one in queue("queue", "--json").json)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_hostile_mention_moves_and_hides_nothing(home: Path, earshot: Earshot, size: tuple[int, int]) -> None:
    """The head stays at the head, the foot at the foot; what was meant to act is seen as text."""
    (home / "config" / "mentions.jsonl").write_text("")
    author = {"author": "ev\u202eil\x1b[31m", "author_id": "e1", "name": "Eve\x1b[0m\nNext"}
    write_mentions(home, {"id": "evil", "text": HOSTILE, **author, "url": "https://x.example/\x1b]52;c;eA==\x07"})
    assert earshot("once").code in (0, 3)
    with terminal(home) as shown:
        shown.start(home, size, "review")
        lines = shown.shows("1 wait", "a approve  e edit").splitlines()
        assert lines[0].startswith("review · dana · 1 wait") and lines[-1].startswith("a approve  e edit")
        assert harmless("\n".join(lines)) and "\\x1b[2J" in "".join(lines) and "\\x202e" in "".join(lines)
        assert not any(line.startswith("Next") for line in lines)
        for key, words in (("p", "memory:e1"), ("Escape", "1 wait"), ("e", "Esc: discard"), ("Escape", "1 wait")):
            shown.press(key)
            assert harmless(shown.shows(words))


def test_a_terminal_that_is_closed_gives_the_lease_back(queue: Earshot, home: Path) -> None:
    """The connection breaks, the container stops: nobody waits a quarter of an hour for who is gone."""
    with terminal(home) as shown:
        shown.start(home, (80, 24), "review")
        shown.shows("5 wait")
        until(lambda: queue("queue", "--json").json[0]["claimed_by"] == "dana", "the lease is taken")
        shown.hang_up()
        until(lambda: not any(one["claimed_by"] for one in queue("queue", "--json").json), "the lease is given back")


def test_the_editor_of_ones_own_opens_and_the_screen_comes_back(queue: Earshot, home: Path) -> None:
    """$EDITOR has the terminal to itself meanwhile."""
    editor = home / "editor.sh"
    editor.write_text('#!/bin/sh\necho "We are looking into it." > "$1"\n')
    editor.chmod(0o755)
    with terminal(home) as shown:
        shown.start(home, (80, 24), "review", EDITOR=str(editor))
        shown.shows("5 wait", "Reply 1 ·")
        shown.press("E")
        shown.shows("We are looking into it.", "revision 2", "Reply 1 updated")
        shown.press("q")
        assert shown.ended() == 0


@pytest.mark.parametrize("editor", ["false", "no-such-editor"])
def test_an_editor_that_fails_gives_the_screen_back(queue: Earshot, home: Path, editor: str) -> None:
    """With one line that says why; the next key works."""
    with terminal(home) as shown:
        shown.start(home, (80, 24), "review", EDITOR=editor)
        shown.shows("5 wait", "Reply 1 ·")
        shown.press("E")
        shown.shows(f"editor '{editor}'", "Reply 1 ·", "a approve  e edit")
        shown.press("a")
        shown.shows("4 wait")
        shown.press("q")
        assert shown.ended() == 0


def test_without_colour_everything_is_still_said(queue: Earshot, home: Path) -> None:
    """NO_COLOR: bold and reverse remain, no colour is set; and with colours there are some."""
    queue("claim", "1", "--as", "bo")
    drawn = {}
    for setting in ({"NO_COLOR": "1"}, {}):
        with terminal(home) as shown:
            shown.start(home, (80, 24), "review", **setting)
            shown.shows("[bo works on it]")
            shown.press("Home")
            shown.shows("claimed by bo")
            drawn[bool(setting)] = shown.screen(styles=True)
    assert not COLOUR.search(drawn[True]) and COLOUR.search(drawn[False])
