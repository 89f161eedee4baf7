"""Every table, by its name. They are declared in the modules that this one imports."""

from sqlmodel import SQLModel

from listener.store import announcement_tables, exchange_tables, learning_tables, operation_tables, outgoing_tables

__all__ = [
    "announcement_tables",
    "exchange_tables",
    "learning_tables",
    "metadata",
    "operation_tables",
    "outgoing_tables",
]

metadata = SQLModel.metadata
alert = metadata.tables["alert"]
announcement = metadata.tables["announcement"]
approval = metadata.tables["approval"]
autonomy = metadata.tables["autonomy"]
billed = metadata.tables["billed"]
decision = metadata.tables["decision"]
digest = metadata.tables["digest"]
draft_review = metadata.tables["draft_review"]
event = metadata.tables["event"]
feed = metadata.tables["feed"]
forgotten = metadata.tables["forgotten"]
gap = metadata.tables["gap"]
ledger = metadata.tables["ledger"]
mention = metadata.tables["mention"]
note = metadata.tables["note"]
notice = metadata.tables["notice"]
optout = metadata.tables["optout"]
pause = metadata.tables["pause"]
platform = metadata.tables["platform"]
policy = metadata.tables["policy"]
posting = metadata.tables["posting"]
quarantine = metadata.tables["quarantine"]
reader_weights = metadata.tables["reader_weights"]
reply = metadata.tables["reply"]
sentiment_bucket = metadata.tables["sentiment_bucket"]
stage = metadata.tables["stage"]
webhook = metadata.tables["webhook"]
