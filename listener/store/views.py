"""The view `exchange`: one row a mention with its latest decision and its live or latest reply.

Made for eyes (`earshot log`, Datasette) and dropped and made anew by every migration; docs/operations.md lists it.
"""

from sqlalchemy import Connection

from listener.store.value_dialect import json_member

# draft_text: what Earshot drafted, before the first change by staff; null where it drafted nothing.
EXCHANGE = """
CREATE VIEW exchange AS
SELECT m.platform, m.id AS mention_id, coalesce(m.author_handle, m.author_name, m.author_id) AS author,
       m.text AS mention_text, m.created_at AS mentioned_at, m.seen_at,
       d.compound, d.lang, d.action AS decision, coalesce(r.kind, d.kind) AS kind, d.rule,
       r.id AS reply_id, r.state, coalesce(a.text, r.text) AS reply_text,
       r.remote_id, r.approved_by, r.approved_at, r.sent_at,
       (SELECT sum(l.usd) FROM ledger l WHERE l.reply_id = r.id) AS cost_usd,
       r.closed_as, r.reason, r.due_at, r.revision,
       coalesce((SELECT {before} FROM event e
                 WHERE e.mention_key = m.key AND e.reply_id = r.id AND e.what IN ('edited', 'escalated')
                 ORDER BY e.id LIMIT 1),
                CASE WHEN r.variant IS NOT NULL THEN r.text END) AS draft_text,
       m.answered_remotely, r.assigned_to,
       m.key AS mention_key, m.author_id, m.author_handle
FROM mention m
LEFT JOIN decision d ON d.id = (SELECT max(d2.id) FROM decision d2 WHERE d2.mention_key = m.key)
LEFT JOIN reply r ON r.id = (SELECT r2.id FROM reply r2 WHERE r2.mention_key = m.key
                             ORDER BY CASE WHEN r2.state = 'closed' THEN 1 ELSE 0 END, r2.id DESC LIMIT 1)
LEFT JOIN approval a ON a.id = (SELECT max(a2.id) FROM approval a2
                                WHERE a2.reply_id = r.id AND a2.revision = r.revision AND a2.revoked_at IS NULL)
"""

VIEWS = {"exchange": EXCHANGE}


def view_statements(connection: Connection) -> list[str]:
    """Return the statements that make the views."""
    return [statement.format(before=json_member(connection, "e.detail", "before")) for statement in VIEWS.values()]
