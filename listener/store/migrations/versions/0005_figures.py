"""Indexes for a queue, a log and figures of any size; who was forgotten; a verdict on every draft."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DUE = "coalesce(due_at, '9999-12-31T23:59:59.999999Z')"
WAITS = "NOT (state NOT IN ('drafted', 'escalated', 'by_hand', 'unknown'))"
# What staff decided before, as far as the replies tell; outside the record of a kind, which begins with schema 3.
DECIDED = """
INSERT INTO verdict (reply_id, kind, at, "by", what, changed, auto)
SELECT id, kind, at, who, what, what <> 'approved', 0 FROM (
    SELECT r.id, coalesce(r.kind, d.kind) AS kind, r.changed_at AS at, coalesce(r.approved_by, (
            SELECT e."by" FROM event e WHERE e.mention_key = r.mention_key AND e.reply_id = r.id
            AND e.what IN ('rejected', 'escalated') ORDER BY e.id DESC LIMIT 1), 'staff') AS who,
        CASE WHEN r.closed_as = 'rejected' THEN 'rejected' WHEN r.state = 'escalated' THEN 'escalated'
            WHEN r.approved_by <> 'policy' AND r.variant IS NULL THEN 'edited'
            WHEN r.approved_by <> 'policy' THEN 'approved' END AS what
    FROM reply r JOIN decision d ON d.id = (SELECT max(id) FROM decision WHERE mention_key = r.mention_key)
    WHERE d.action = 'draft' AND d.rule = r.rule AND r.id NOT IN (SELECT reply_id FROM verdict))
WHERE what IS NOT NULL AND kind IS NOT NULL
"""


def upgrade() -> None:
    """Order the queue by an index, find a time without reading every mention, keep every verdict."""
    op.add_column("verdict", sa.Column("auto", sa.Boolean(), nullable=False, server_default="1"))
    op.drop_index("ix_verdict_kind", "verdict")
    op.create_index("ix_verdict_kind", "verdict", ["kind", "auto", "id"])
    op.execute(DECIDED)
    op.drop_index("ix_reply_queue", "reply")
    op.create_index("ix_reply_queue", "reply", ["state", sa.text(DUE), sa.text("urgency DESC"), "id", "created_at"])
    op.create_index(
        "ix_reply_waiting", "reply", [sa.text(DUE), sa.text("urgency DESC"), "id", "kind"], sqlite_where=sa.text(WAITS)
    )
    op.create_index("ix_mention_seen", "mention", ["seen_at"])
    op.create_index("ix_mention_kept", "mention", ["seen_at"], sqlite_where=sa.text("stage <> 'forgotten'"))
    op.create_index("ix_mention_gone", "mention", ["gone_at"], sqlite_where=sa.text("gone_at IS NOT NULL"))
    op.create_table(
        "forgotten",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
