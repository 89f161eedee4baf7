"""Every table, by name: `metadata.tables["reply"]`. They are declared in the two modules that this one imports."""

from sqlmodel import SQLModel

from listener.store import exchange_tables, operation_tables

__all__ = ["exchange_tables", "metadata", "operation_tables"]

metadata = SQLModel.metadata
