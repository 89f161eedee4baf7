"""What deciding may know of the past: earlier answers to an author, and who asked us to stop."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from listener.model import History, Mention
from listener.store.mentions import Person
from listener.store.tables import mention, optout, reply
from listener.store.value_dialect import is_any_of


def load_histories(connection: Connection, batch: Mapping[int, Mention]) -> dict[int, History]:
    """Read what deciding may know of the past, for a whole batch: two queries a platform."""
    authors: dict[str, set[str]] = defaultdict(set)
    for post in batch.values():
        authors[post.platform].add(post.author_id)
    answers: dict[Person, list[Row[Any]]] = defaultdict(list)
    silent: set[Person] = set()
    for platform, ids in authors.items():
        for row in connection.execute(_select_answers(platform, ids)):
            answers[platform, row.author_id].append(row)
        silent.update((platform, author) for author in connection.execute(_select_opted_out(platform, ids)).scalars())
    return {
        key: _make_history(key, post, answers.get((post.platform, post.author_id), []), silent)
        for key, post in batch.items()
    }


def _select_answers(platform: str, authors: Collection[str]) -> Any:
    """Select mentions of these authors that were answered, through us or by a person on the platform."""
    sent = reply.c.state == "sent"
    return (
        select(mention.c.key, mention.c.author_id, mention.c.conversation_id, reply.c.approved_by, reply.c.state)
        .outerjoin(reply, (reply.c.mention_key == mention.c.key) & sent)
        .where(mention.c.platform == platform, is_any_of(mention.c.author_id, authors))
        .where(or_(sent, mention.c.answered_remotely.is_not(None)))
        .order_by(mention.c.key)
    )


def _select_opted_out(platform: str, authors: Collection[str]) -> Any:
    return select(optout.c.author_id).where(optout.c.platform == platform, is_any_of(optout.c.author_id, authors))


def _make_history(key: int, post: Mention, answers: Sequence[Row[Any]], silent: set[Person]) -> History:
    """Make it of the author's answered mentions; one decided again after our answer follows up on that."""
    earlier = [row for row in answers if row.key != key]
    answered = [row for row in answers if row.key != key or row.state is not None]
    in_conversation = [row for row in answered if row.conversation_id == post.conversation_id]
    by = [row.approved_by for row in in_conversation if row.approved_by not in (None, "policy")]
    return History(
        exchanges=len(earlier),
        answered=bool(in_conversation),
        answered_by=by[-1] if by else None,
        opted_out=(post.platform, post.author_id) in silent,
    )
