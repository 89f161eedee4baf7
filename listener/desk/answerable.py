"""Check whether a mention may get a reply: a reopened one, or a first one that staff ask for."""

from sqlalchemy import Connection

from listener.desk.state_words import describe, is_reopenable
from listener.errors import DeskError
from listener.store import mentions, people, replies
from listener.store.records import Exchange, Reply


def require_reopenable(connection: Connection, item: Exchange, reply: Reply) -> None:
    """Raise DeskError unless staff or its author's word closed the reply, and its mention still wants an answer."""
    name = f"{item.mention.platform}:{item.mention.id}"
    if not is_reopenable(reply.closed_as, reply.reason):
        why = f": {reply.reason}" if reply.reason else ""
        what = f"reply {reply.id} was closed ({reply.closed_as}{why}) and cannot be reopened"
        raise DeskError(what, f"to answer all the same: `earshot escalate {name}`")
    if item.deleted_at is not None:
        raise DeskError(f"{name} was deleted", "there is nothing left to answer")
    if item.answered_remotely is not None:
        what = f"{name} was answered on the platform (post {item.answered_remotely})"
        raise DeskError(what, "it needs no second answer")
    if people.opted_out(connection, (item.mention.platform, item.mention.author_id)):
        raise DeskError(f"the author of {name} opted out of replies", "leave it closed")
    require_unanswered(connection, item.key, name)


def require_unanswered(connection: Connection, key: int, name: str) -> None:
    """Raise DeskError for a mention whose text is erased, that is not decided yet, or that has a live reply."""
    live, stage = replies.find_live(connection, key), mentions.read_stage(connection, key)
    if stage == "forgotten":
        raise DeskError(f"the text of {name} was erased", "there is nothing left to answer")
    if live is not None:
        raise DeskError(
            f"{name} already has reply {live.id}, which {describe(live)}", f"`earshot show {live.id}` shows it"
        )
    if stage == "new":
        raise DeskError(f"{name} is not decided yet", "wait for the next round, or run `earshot once --stage route`")
