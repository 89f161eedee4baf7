"""The memory platform posts: one line a reply, nothing written or nobody knows."""

import json
import resource
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.errors import NotSent
from tests.platforms.memory_files import NOW, on, reply, written


def posted(folder: Path) -> list[dict[str, Any]]:
    """What lies in the file of posts."""
    return [json.loads(line) for line in (folder / "posts.jsonl").read_bytes().splitlines() if line]


NASTY = 'é 👍 \u2028 \x85 {{7*7}} "q" \\ \n line'


def test_post_is_one_line_with_the_exact_text(tmp_path: Path) -> None:
    """id, in_reply_to, text and key; a new id each time; only its owner may read the file."""
    platform = on(written(tmp_path, ""))
    prepared = platform.prepare(reply(text=NASTY), NOW)
    receipt = platform.post(prepared)
    assert posted(tmp_path) == [{"id": receipt.remote_id, "in_reply_to": "7", "text": NASTY, "key": prepared.key}]
    assert "é 👍".encode() in (tmp_path / "posts.jsonl").read_bytes()
    assert len((tmp_path / "posts.jsonl").read_text().splitlines()) == 1
    assert stat.S_IMODE((tmp_path / "posts.jsonl").stat().st_mode) == 0o600
    assert platform.post(prepared).remote_id != receipt.remote_id
    assert len(posted(tmp_path)) == 2


def test_key_is_the_same_for_the_same_revision_and_no_other(tmp_path: Path) -> None:
    """prepare is pure."""
    platform = on(written(tmp_path, ""))
    keys = {platform.prepare(one, NOW).key for one in (reply(), reply(revision=2, text="b"), reply(reply_id=2))}
    assert len(keys) == 3
    assert platform.prepare(reply(), NOW) == platform.prepare(reply(), NOW + timedelta(days=1))


def test_reply_is_found_by_its_key_alone(tmp_path: Path) -> None:
    """Before the post there is none; afterwards its id; another revision is not it."""
    platform = on(written(tmp_path, ""))
    prepared = platform.prepare(reply(), NOW)
    assert platform.find_reply(prepared) is None
    receipt = platform.post(prepared)
    assert platform.find_reply(prepared) == receipt
    assert platform.find_reply(platform.prepare(reply(revision=2), NOW)) is None


@pytest.mark.parametrize("cut", range(1, 100, 9))
def test_half_a_line_is_no_post_and_does_not_spoil_the_next(tmp_path: Path, cut: int) -> None:
    """A crash inside the write: the reply is not found, and the next line begins on its own."""
    platform = on(written(tmp_path, ""))
    prepared, other = platform.prepare(reply(), NOW), platform.prepare(reply("8", reply_id=2), NOW)
    platform.post(prepared)
    file = tmp_path / "posts.jsonl"
    file.write_bytes(file.read_bytes()[:cut])
    assert platform.find_reply(prepared) is None
    receipt = platform.post(other)
    assert platform.find_reply(other) == receipt
    assert json.loads(file.read_bytes().splitlines()[-1])["in_reply_to"] == "8"


def test_folder_that_cannot_be_written_is_surely_not_sent(tmp_path: Path) -> None:
    """A file stands where the folder should be: NotSent, with what to do."""
    platform = on(written(tmp_path, ""), posts="m.jsonl/posts.jsonl")
    with pytest.raises(NotSent, match=r"cannot write .*posts.jsonl"):
        platform.post(platform.prepare(reply(), NOW))


def test_full_disk_before_the_first_byte_is_surely_not_sent(tmp_path: Path) -> None:
    """/dev/full takes the open and refuses the write."""
    platform = on(written(tmp_path, ""), posts="/dev/full")
    with pytest.raises(NotSent, match="No space left"):
        platform.post(platform.prepare(reply(), NOW))


def test_full_disk_in_the_middle_of_a_line_leaves_the_outcome_open(tmp_path: Path) -> None:
    """Some bytes were written: an OSError that is no NotSent, and a look finds no post."""
    platform = on(written(tmp_path, ""))
    prepared = platform.prepare(reply(text="long " * 50), NOW)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            platform.post(prepared)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert platform.find_reply(prepared) is None
    assert platform.find_reply(prepared) != platform.post(prepared)
    assert platform.find_reply(prepared) is not None
