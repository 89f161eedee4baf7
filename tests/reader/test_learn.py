"""Learning from staff: adopted only if nothing gets worse, safe against ill will, and forgetful where it must be."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from listener.analysis.replay import PolicyRunner, replay
from listener.desk import transitions
from listener.desk.forget import forget
from listener.errors import InputError
from listener.reader import adapt
from listener.reader.in_use import read_current
from listener.reader.learn import Attempt, go_back, learn, learn_weekly
from listener.reader.score import Weights, shipped_digest
from listener.settings import read_policy
from listener.store import mentions, reader_weights, sqlite_file, staff_decisions
from listener.store.engine import open_store
from listener.store.reader_weights import NewWeights
from listener.store.tables import decision
from listener.store.tables import reader_weights as table
from tests import factories
from tests.desk.world import World, preview
from tests.process import Home
from tests.reader import school
from tests.reader.simulated import Post, Staff, posts_of

SLANG = "proper chuffed with the quill gubbins"


def taught(world: World, **changes: bool) -> Attempt:
    """What learning comes to now."""
    return learn(world.store, world.policy, factories.responders(world.policy), "ann", world.now, **changes)


def weekly(world: World, learns: bool = True) -> Attempt | None:
    """What upkeep makes of it."""
    policy = replace(world.policy, reader=replace(world.policy.reader, learn=learns))
    return learn_weekly(world.store, policy, factories.responders(policy), world.now)


def in_use(world: World) -> Weights | None:
    """The learned weights in use."""
    with world.store.read() as connection:
        return read_current(connection)


def ids(world: World) -> list[tuple[int, str]]:
    """The attempts that are kept, the oldest first."""
    with world.store.read() as connection:
        return [(attempt.id, attempt.state) for attempt in reader_weights.list_attempts(connection)][::-1]


def authors_of(world: World, word: str) -> list[str]:
    """Some of the authors of a learned word, by their digests."""
    with world.store.read() as connection:
        marks: list[str] = connection.execute(select(table.c.authors)).scalars().all()[-1].get(word, [])
    return marks


def hardly_learned(world: World) -> None:
    """Weights are in use that know hardly anything, as number 1: the next ones are better."""
    writers = [("memory", f"writer{number}") for number in range(5)]
    new = NewWeights(shipped_digest(), 200, {}, (0.0, 0.0), {"quill": (0.05, 0.0)}, {"quill": writers})
    with world.store.write() as connection:
        assert reader_weights.adopt(connection, new, "ann", world.now) == 1


def test_what_staff_do_is_learned_and_the_newest_fifth_is_read_better(world: World) -> None:
    """From the desk to the next decision: it names the weights it was made with, and the words that they weigh."""
    attempt = taught(world)
    assert attempt.adopted and attempt.faults == [] and attempt.before is not None and attempt.after is not None
    assert attempt.learned_from == int(attempt.decisions * 0.8) and attempt.decisions >= adapt.MIN_DECISIONS
    assert attempt.after.loss < 0.6 * attempt.before.loss and attempt.after.mistakes <= attempt.before.mistakes
    learned = in_use(world)
    assert learned is not None
    assert learned.features["chuffed"][0] > 0.1 and learned.features["manky"][0] < -0.05
    (reply_id,) = world.said("chuffed, the wonky quill is fine, thank you")
    decided = world.item(reply_id).decided
    assert decided is not None and decided.weights_id == attempt.weights
    assert any("chuffed" in line for line in (str(decided.signals["reading"][3]), str(decided.hits)))


def test_before_it_learned_decisions_name_no_weights(world: World) -> None:
    """The shipped weights are those of the version, which is stored as well."""
    decided = world.item(world.said("thank you so much, lovely pens")[0]).decided
    assert decided is not None and decided.weights_id is None and decided.signals["reading"][5] is None


def test_the_same_decisions_give_the_same_weights(world: World) -> None:
    """Learning twice is learning once; trying keeps nothing."""
    trial = taught(world, is_trial=True)
    assert ids(world) == [] and not trial.adopted and trial.faults == []
    first, before = taught(world), in_use(world)
    again = taught(world)
    assert (first.after, first.words) == (trial.after, trial.words) and in_use(world) == before
    assert again.before == first.after == again.after and again.faults == ["the weights in use are these already"]
    assert ids(world) == [(1, "adopted"), (2, "refused")]


def test_a_member_of_staff_who_means_ill_is_found_out(world: World) -> None:
    """Bo calls every complaint praise from now on: refused by name, and the weights in use stay."""
    assert taught(world).adopted
    before = in_use(world)
    liar = Staff(world, mistakes=0.0, mood_of=lambda name, label: "positive" if name == "bo" else label)
    liar.number = 10_000
    liar.work([post for post in school.posts(3) if post.label == "negative"])
    attempt = taught(world)
    assert not attempt.adopted and "it leans on bo: the decisions of everybody else" in attempt.faults[0]
    assert in_use(world) == before and ids(world) == [(1, "adopted"), (2, "refused")]


def test_an_author_who_writes_very_often_moves_no_word(world: World) -> None:
    """A word needs five authors, and all an author writes counts as three mentions."""
    flood = Staff(world, mistakes=0.0)
    flood.number = 20_000
    flood.work([Post(f"zirconium {thing} broke, zirconium", "negative", "loud") for thing in school.THINGS * 2])
    assert taught(world).adopted
    learned = in_use(world)
    assert learned is not None and [word for word in learned.features if "zirconium" in word] == []
    with world.store.read() as connection:
        assert all(len(marks) >= 5 for marks in connection.execute(select(table.c.authors)).scalar_one().values())


def test_a_forgotten_persons_rare_word_leaves_the_weights(world: World) -> None:
    """Five wrote it, one is forgotten, four are too few; a word that many wrote stays. A reader in use notices."""
    work = Staff(world, mistakes=0.0)
    work.number = 20_000
    things = school.THINGS[:5] * 2
    work.work([Post(f"another broken {thing} in a zirconium box", "negative", f"z{thing}") for thing in things])
    work.work(school.posts(2))
    assert taught(world).adopted and len(authors_of(world, "zirconium")) == 5
    world.said("another broken zirconium box")
    forget(world.store, world.desk(), "zdesk", factories.author_of)
    learned = in_use(world)
    assert learned is not None and "zirconium" not in learned.features and "chuffed" in learned.features
    assert authors_of(world, "zirconium") == []
    decided = world.item(world.said("my zirconium broke, another box")[0]).decided
    assert decided is not None and "zirconium" not in str(decided.signals["reading"])
    with world.store.read() as connection:
        assert "zirconium" not in str(connection.execute(select(table)).all())


def test_who_is_forgotten_while_it_learns_is_left_out(world: World) -> None:
    """Their words were read before, and the weights are adopted after: a word of five has four authors left."""
    (reply_id,) = world.said("zirconium please", author_id="zora", author_handle="zora")
    assert reply_id
    writers = [("memory", f"writer{number}") for number in range(4)] + [("memory", "zora")]
    pair = (0.5, 0.0)
    words = {"zirconium": writers, "thanks": [*writers, ("memory", "writer9")]}
    new = NewWeights(shipped_digest(), 200, {}, (0.0, 0.0), {"zirconium": pair, "thanks": pair}, words)
    forget(world.store, world.desk(), "zora", factories.author_of)
    with world.store.write() as connection:
        reader_weights.adopt(connection, new, "ann", world.now)
    learned = in_use(world)
    assert learned is not None and list(learned.features) == ["thanks"] and len(authors_of(world, "thanks")) == 5


def test_going_back_goes_to_the_weights_before_and_then_to_the_shipped_ones(world: World) -> None:
    """Upkeep learns no more until a person does."""
    hardly_learned(world)
    assert taught(world).adopted
    assert go_back(world.store, "ann", world.now) == (2, 1)
    assert go_back(world.store, "ann", world.now) == (1, None) and in_use(world) is None
    with pytest.raises(InputError, match="shipped weights"):
        go_back(world.store, "ann", world.now)
    assert weekly(world.after(days=30)) is None
    assert taught(world).weights == 3
    assert weekly(world.after(days=6)) is None and weekly(world.after(days=2)) is not None


def test_upkeep_learns_no_more_though_an_attempt_was_refused_after_the_weights_that_were_left(world: World) -> None:
    """The newest attempt is then no reverted one."""
    hardly_learned(world)
    with world.store.write() as connection:
        reader_weights.refuse(connection, NewWeights(shipped_digest(), 300, {"message": "worse"}), "upkeep", world.now)
    assert go_back(world.store, "ann", world.now) == (1, None)
    assert weekly(world.after(days=30)) is None and in_use(world) is None
    assert taught(world).adopted and weekly(world.after(days=8)) is not None


def test_upkeep_learns_weekly_if_the_policy_wants_it(world: World) -> None:
    """A refusal counts as an attempt as well; an upgrade with other shipped weights learns at once."""
    assert weekly(world, learns=False) is None
    assert (attempt := weekly(world)) is not None and attempt.adopted
    assert weekly(world.after(days=6)) is None
    assert weekly(world.after(days=2)) is not None
    with world.store.write() as connection:
        connection.execute(update(table).values(base="of another version"))
    assert in_use(world) is None
    assert weekly(world) is not None and in_use(world) is not None


def test_few_decisions_teach_nothing(world: World) -> None:
    """Learning begins at 200; until then upkeep looks again in a week, not at every round."""
    with world.store.write() as connection:
        rows = list(staff_decisions.read_staff_decisions(connection))[::-1]
        connection.exec_driver_sql("DELETE FROM event WHERE id > ?", (rows[189].event_id,))
    attempt = taught(world)
    assert not attempt.adopted and "learning begins at 200" in attempt.faults[0] and ids(world) == []
    attempt_of_upkeep = weekly(world)
    assert attempt_of_upkeep is not None and attempt_of_upkeep.after is None and ids(world) == [(1, "refused")]
    assert weekly(world) is None


def test_what_nobody_looked_at_or_what_was_undone_teaches_nothing(world: World) -> None:
    """Approved by the policy, undone, reopened, closed without a verdict, decided anew after an edit."""
    with world.store.read() as connection:
        rows = list(staff_decisions.read_staff_decisions(connection))[::-1]
    assert {row.by for row in rows} == {"ann", "bo", "cy"}
    first = next(row for row in rows if row.what == "approved")
    undone = world.reply_to(first.mention.id)
    transitions.undo(world.store, world.desk("ann"), undone)
    rejected = world.reply_to(next(row for row in rows if row.what == "rejected").mention.id)
    transitions.reopen(world.store, world.desk("ann"), rejected)
    with world.store.write() as connection:
        connection.exec_driver_sql("UPDATE event SET by = 'policy' WHERE id = ?", (rows[50].event_id,))
        key = mentions.locate(connection, "memory", rows[60].mention.id)
        late = update(decision).where(decision.c.mention_key == key)
        connection.execute(late.values(at=world.after(days=1).now))
    with world.store.read() as connection:
        left = Counter(row.mention.id for row in staff_decisions.read_staff_decisions(connection))
    assert len(left) == len(rows) - 4 and max(left.values()) == 1


def test_a_replay_reads_by_the_weights_of_each_decision(world: World) -> None:
    """Before and after learning: the same policy changes nothing, and nothing is laid at the program's door."""
    assert taught(world).adopted
    world.said(SLANG, "wonky and manky quill, it broke", "thank you so much")
    runner = PolicyRunner(world.policy, factories.responders(world.policy), preview)

    def of_texts(texts: object) -> PolicyRunner:
        return PolicyRunner(read_policy(texts), factories.responders(), preview)  # type: ignore[arg-type]

    replayed = replay(world.store, of_texts, runner, None, None)
    assert (replayed.changes, replayed.by_program, replayed.unreadable) == (Counter(), 0, 0)


def test_killed_in_the_middle_the_weights_before_are_whole(world: World, tmp_path: Path) -> None:
    """The process dies inside the transaction that adopts new ones."""
    hardly_learned(world)
    before = in_use(world)
    world.store.close()
    home = Home(tmp_path / "home")
    home.data.mkdir()
    database = home.data / "earshot.db"
    database.write_bytes(world.store.path.read_bytes())
    assert home.run("learn", EARSHOT_FAULT="L1:KILL").code == -9
    with _opened(database) as other:
        assert (in_use(other), ids(other)) == (before, [(1, "adopted")])
    assert sqlite_file.check_integrity(database) == "ok"
    assert home.run("learn").code == 0
    with _opened(database) as other:
        assert ids(other) == [(1, "replaced"), (2, "adopted")]


@contextmanager
def _opened(database: Path) -> Iterator[World]:
    store = open_store(database)
    yield World(store)
    store.close()


def test_only_the_last_attempts_are_kept_and_the_one_in_use(world: World) -> None:
    """A year of weeks does not fill the file."""
    assert taught(world).adopted
    new = NewWeights(shipped_digest(), 300, {"message": "worse"})
    with world.store.write() as connection:
        for _ in range(20):
            reader_weights.refuse(connection, new, "upkeep", world.now)
    assert ids(world)[0] == (1, "adopted") and len(ids(world)) == reader_weights.KEPT + 1
    with closing(sqlite3.connect(world.store.path)) as connection:
        assert connection.execute("SELECT count(*) FROM event WHERE what = 'learning_refused'").fetchone() == (20,)


def test_an_airlines_real_mentions_are_never_read_worse(world: World, tmp_path: Path) -> None:
    """Whatever simulated staff with 5 % mistakes teach: what is adopted reads the newest fifth no worse."""
    airline = Staff(world, "American")
    airline.number = 30_000
    airline.work(posts_of("American")[:300])
    attempt = taught(world)
    assert attempt.before is not None and attempt.after is not None
    is_no_worse = attempt.after.loss <= attempt.before.loss and attempt.after.mistakes <= attempt.before.mistakes
    assert attempt.adopted == (attempt.faults == []) and (is_no_worse or not attempt.adopted)
    assert not any(change.endswith("(automatic)") for change in attempt.changes)
