"""Forgetting what was set aside unread: the author's items and nobody else's, however a platform names its author."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from listener.desk import control
from listener.desk.forget import copies, forget
from listener.errors import DeskError
from listener.feed_page import FeedPage, QuarantinedItem
from listener.intake.poll import poll
from listener.platforms import bluesky, mastodon, memory, x
from listener.protocols import ItemAuthor
from listener.store import notices, vacuum
from listener.store.tables import metadata
from listener.triage.route import Triage, route
from tests import factories
from tests.databases import only_on_sqlite
from tests.desk.world import World, praise, preview
from tests.fakes.scripted import Scripted

WORD = "zirconium"
SECTIONS = (memory.Section, x.Section, mastodon.Section, bluesky.Section)


def author_of(platform: str, raw: str) -> ItemAuthor | None:
    """Every item of these tests is quarantined on one platform: the rules of all are tried."""
    authors = (section.item_author(raw) for section in SECTIONS)
    return next((author for author in authors if author is not None), None)


def ada(world: World, handle: str | None = "ada", author_id: str = "4711") -> None:
    """She has said something that could be read."""
    world.said(f"@fernhill my {WORD} nib is late", author_id=author_id, author_handle=handle)


def test_a_sure_name_erases_no_item_of_somebody_of_that_handle(world: World) -> None:
    """Two authors of unread items: the id of one is the handle of the other."""
    aside_of(
        world,
        {"id": "1", "author": "eve", "author_id": "4711", "text": WORD},
        {"id": "2", "author": "4711", "author_id": "12", "text": WORD},
    )
    with pytest.raises(DeskError, match="name one of them: memory:id:12, memory:id:4711"):
        forget(world.store, world.desk(), "memory:4711", author_of)
    for author_id in ("4711", "12"):
        erasure = forget(world.store, world.desk(), f"memory:id:{author_id}", author_of)
        assert (erasure.author_id, erasure.erased["quarantine"]) == (author_id, 1)
    with pytest.raises(DeskError, match="nobody called 'memory:id:eve'"):
        forget(world.store, world.desk(), "memory:id:eve", author_of)


def aside_of(world: World, *raws: object) -> None:
    """Items that could not be read come in: JSON, or a text that is none."""
    made = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=True) for one in raws]
    bad = tuple(QuarantinedItem(f"x{number}", raw, "no id") for number, raw in enumerate(made))
    poll(world.store, Scripted(world.clock, pages=[FeedPage({}, quarantined_items=bad)]), world.clock)


def raws(world: World) -> list[str]:
    """What lies aside."""
    with world.store.read() as connection:
        return [one.raw for one in notices.quarantined_items(connection)]


@pytest.mark.parametrize(
    "item",
    [
        {"author_id": "4711", "text": WORD},  # X
        {"author": "renamed", "author_id": 4711, "text": WORD},  # a file, with a number
        {"author": "@ADA", "text": WORD},
        {"type": "mention", "account": {"id": "9", "acct": "ada"}, "status": {"content": WORD}},  # Mastodon
        {"status": {"account": {"id": "4711", "acct": "moved"}, "content": WORD}},
        {"account": {"id": "4711"}, "content": WORD},
        {"author": {"did": "4711", "handle": "new.example"}, "record": {"text": WORD}},  # Bluesky
        {"uri": "at://4711/app.bsky.feed.post/3k", "record": {"text": WORD}},
    ],
)
def test_an_item_is_theirs_however_its_platform_names_the_author(world: World, item: object, tmp_path: Path) -> None:
    """By id, as text or number, or by handle; in the row, the account, the author or the address."""
    ada(world)
    aside_of(world, item)
    assert forget(world.store, world.desk(), "ada", author_of).erased["quarantine"] == 1
    assert vacuum.clean(world.store, world.now) and raws(world) == []
    assert not any(WORD.encode() in path.read_bytes() for path in tmp_path.rglob("*"))


def test_a_handle_beyond_ascii_is_found_behind_its_escapes(world: World) -> None:
    """JSON writes Zo\\u00eb for Zoë."""
    ada(world, "Zoë")
    aside_of(world, {"author": "Zoë", "text": WORD}, '{"author": "Zo\\u00eb", "text": "cut of')
    done = forget(world.store, world.desk(), "Zoë", author_of)
    assert (done.erased["quarantine"], len(done.perhaps)) == (1, 1)


@pytest.mark.parametrize("handle", ["text", "author", "id", "status", "x0"])
def test_a_handle_that_is_a_key_takes_nobodys_items(world: World, handle: str) -> None:
    """The names of fields are not names of people."""
    ada(world, handle)
    others = {"id": "x0", "author": "bob", "author_id": "8", "text": "my house burns", "status": {"text": "help"}}
    aside_of(world, others)
    done = forget(world.store, world.desk(), handle, author_of)
    assert (done.erased["quarantine"], done.perhaps, len(raws(world))) == (0, (), 1)


def test_who_only_mentions_the_person_keeps_their_words(world: World) -> None:
    """In the text, in Mastodon's list of who is mentioned, as another's id."""
    ada(world)
    mentions = [{"id": "4711", "acct": "ada"}]
    aside_of(
        world,
        {"author": "bob", "text": "ask @ada or ada"},
        {"account": {"id": "8", "acct": "bob", "username": "ada"}, "mentions": mentions},
        {"author_id": "8", "in_reply_to_user_id": "4711", "id": "4711"},
    )
    done = forget(world.store, world.desk(), "ada", author_of)
    assert (done.erased["quarantine"], done.perhaps, len(raws(world))) == (0, (), 3)


def test_what_cannot_tell_its_author_is_kept_and_told_of(world: World) -> None:
    """A row of CSV that names the person as a word of its own; one that has it inside another word is not meant."""
    ada(world)
    authorless = {"text": f"I am ada, {WORD}"}
    aside_of(world, f"17,ADA,{WORD}", authorless, '{"author": "adam", "text": "cut of', "18,adam,hello", "[1]")
    (first, second, *_) = items = _numbers(world)
    assert forget(world.store, world.desk(), "ada", author_of).perhaps == (first, second)
    control.dismiss(world.store, world.desk(), first)
    assert forget(world.store, world.desk(), "memory:4711", author_of).perhaps == ()
    assert len(raws(world)) == len(items) - 1
    with pytest.raises(DeskError, match=f"there is no quarantined item {first}"):
        control.dismiss(world.store, world.desk(), first)


def _numbers(world: World) -> list[int]:
    with world.store.read() as connection:
        return [one.id for one in notices.quarantined_items(connection)]


@pytest.mark.parametrize("name", ["ada", "memory:ada", "memory:@Ada", "5"])
def test_somebody_known_from_an_unread_item_alone_can_be_forgotten(world: World, name: str) -> None:
    """They never were heard, and have words here all the same."""
    world.said(*praise())
    aside_of(world, {"author": "Ada", "author_id": "5", "text": WORD})
    done = forget(world.store, world.desk(), name, author_of)
    assert (done.author_id, done.erased["quarantine"], raws(world)) == ("5", 1, [])
    with pytest.raises(DeskError, match="nobody called 'bob'"):
        forget(world.store, world.desk(), "bob", author_of)


def test_the_same_item_listed_again_stays_forgotten(world: World) -> None:
    """Platforms list the same page again and again."""
    ada(world)
    item = {"author": "ada", "text": WORD}
    aside_of(world, item)
    forget(world.store, world.desk(), "ada", author_of)
    aside_of(world, item)
    with world.store.read() as connection:
        kept = connection.execute(select(metadata.tables["quarantine"].c.raw)).scalars().all()
    assert raws(world) == [] and kept == [""]


def test_a_mention_that_crashed_triage_is_its_authors(world: World) -> None:
    """Bob's words about "ada" stay when Ada goes; when Bob goes they go, and nothing brings them back."""
    ada(world)
    said = factories.mention(
        f'@fernhill "ada" has a {WORD} nib', id="mB", interaction_id="mB", author_id="u-bob", author_handle="bob"
    )
    world.polled(said)
    _crash(world)
    assert forget(world.store, world.desk(), "ada", author_of).erased["quarantine"] == 0 and raws(world) == [said.text]
    assert forget(world.store, world.desk(), "memory:u-bob", author_of).erased["quarantine"] == 1 and raws(world) == []


def _crash(world: World) -> None:
    triage = Triage(world.policy, {}, preview, "test")
    triage.reader.extractor = None  # type: ignore[assignment]
    for _ in range(3):
        route(world.store, triage, world.clock)


@only_on_sqlite("copies of the file")
def test_copies_are_named_whatever_they_are_called(world: World, tmp_path: Path) -> None:
    """Known by how a database begins; the open one is none of them."""
    ada(world)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    head = world.store.path.read_bytes()[:100]
    found = [tmp_path / "backups" / "monday.sqlite", elsewhere / "copy"]
    found[0].parent.mkdir()
    for one in found:
        one.write_bytes(head)
    (tmp_path / "notes.db").write_text("no database")
    assert copies(world.store.path, elsewhere) == sorted(found)
