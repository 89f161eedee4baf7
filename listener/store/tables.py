"""Every table, by its name. They are declared in the modules that this one imports."""

from sqlmodel import SQLModel

from listener.store import (
    announcement_tables,
    club_tables,
    exchange_tables,
    learning_tables,
    operation_tables,
    outgoing_tables,
    praise_tables,
)

__all__ = [
    "announcement_tables",
    "club_tables",
    "exchange_tables",
    "learning_tables",
    "metadata",
    "operation_tables",
    "outgoing_tables",
    "praise_tables",
]

metadata = SQLModel.metadata
account = metadata.tables["account"]
act = metadata.tables["act"]
alert = metadata.tables["alert"]
announcement = metadata.tables["announcement"]
approval = metadata.tables["approval"]
autonomy = metadata.tables["autonomy"]
basis = metadata.tables["basis"]
billed = metadata.tables["billed"]
coupon = metadata.tables["coupon"]
decision = metadata.tables["decision"]
digest = metadata.tables["digest"]
draft_review = metadata.tables["draft_review"]
event = metadata.tables["event"]
feed = metadata.tables["feed"]
forgotten = metadata.tables["forgotten"]
gap = metadata.tables["gap"]
ledger = metadata.tables["ledger"]
mark = metadata.tables["mark"]
member = metadata.tables["member"]
mention = metadata.tables["mention"]
note = metadata.tables["note"]
notice = metadata.tables["notice"]
offer_turn = metadata.tables["offer_turn"]
optout = metadata.tables["optout"]
pause = metadata.tables["pause"]
platform = metadata.tables["platform"]
points = metadata.tables["points"]
policy = metadata.tables["policy"]
pool_home = metadata.tables["pool_home"]
posting = metadata.tables["posting"]
quarantine = metadata.tables["quarantine"]
reader_weights = metadata.tables["reader_weights"]
reply = metadata.tables["reply"]
reward = metadata.tables["reward"]
sentiment_bucket = metadata.tables["sentiment_bucket"]
stage = metadata.tables["stage"]
testimonial = metadata.tables["testimonial"]
webhook = metadata.tables["webhook"]
