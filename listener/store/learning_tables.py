"""The table of what the second reader learned from the decisions of staff."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlmodel import Field

from listener.store.columns import Row, json_column, required_time


class ReaderWeightsRow(Row, table=True):
    """What the second reader learned from staff: changes to the shipped weights of which base is the digest.

    state: adopted (in use) | replaced | reverted | refused (worse on the newest decisions, and so without features).
    features: word -> what it adds to praise and to a complaint; authors: word -> digests of some of its authors;
    revision: raised whenever a forgotten person's words are taken out.
    """

    __tablename__ = "reader_weights"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = required_time()
    by: str = Field(sa_type=Text)
    base: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    revision: int
    decisions: int
    measures: dict[str, Any] = Field(sa_column=json_column("{}"))
    bias: list[Any] = Field(sa_column=json_column("[]"))
    features: dict[str, Any] = Field(sa_column=json_column("{}"))
    authors: dict[str, Any] = Field(sa_column=json_column("{}"))
