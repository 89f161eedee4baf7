"""How each stage stands: when it last went well or moved on, and why it fails."""

from sqlalchemy import Connection, select

from listener.store.dialect import upsert
from listener.store.loading import columns, load_all
from listener.store.records import StageState
from listener.store.tables import stage


def list_stages(connection: Connection) -> list[StageState]:
    """List the stages that ever ran, by name."""
    query = select(*columns(StageState, stage)).order_by(stage.c.name)
    return load_all(StageState, connection.execute(query))


def record_stage(connection: Connection, name: str, **changes: object) -> None:
    """Change columns of a stage's row; a stage that never ran gets one."""
    row = upsert(stage).values(name=name, **{"failures": 0, **changes})
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=changes))
