"""Replies that wait although their author says, later in the conversation, that the trouble is over."""

from sqlalchemy import Connection

from listener.model import Mention
from listener.store import replies
from listener.store.records import Reply
from listener.store.states import WATCHED
from listener.store.tables import mention, reply

SETTLED = "the author says that it is settled"  # how the reason of such a withdrawal begins


def list_unsent(connection: Connection, newest: Mention, key: int, kinds: tuple[str, ...]) -> list[Reply]:
    """List the texts of these kinds that are not out yet, to earlier mentions of this author in this conversation."""
    earlier = (
        mention.c.platform == newest.platform,
        mention.c.conversation_id == newest.conversation_id,
        mention.c.author_id == newest.author_id,
        mention.c.created_at <= newest.created_at,
        mention.c.key != key,
    )
    keys = mention.select().with_only_columns(mention.c.key).where(*earlier)
    return replies.list_where(
        connection, reply.c.mention_key.in_(keys), reply.c.state.in_(WATCHED), reply.c.kind.in_(kinds)
    )
