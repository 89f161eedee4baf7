"""What an error of PostgreSQL means to an operator: what is wrong with the server or the connection, and what to do."""

import psycopg

from listener.errors import DatabaseBusy, StatementRefused, StoreError
from listener.place import Server

BUSY = ("55P03", "40001", "40P01", "57014")  # lock not available, serialization, deadlock, statement cancelled
REACH = "check that the server runs, its address in EARSHOT_DATABASE_URL, and the network; stages try again"
LOST = (
    "the connection to the database {place} was lost ({error})",
    "the last change may have been made: look before you repeat it; stages try again by themselves",
)
FULL = ("the disk of the database {place} is full ({error})", "free some space on the server")
DENIED = ("the database {place} refuses this user ({error})", "check user, password and grants (docs/scale.md)")
BUG = "report this bug"
REFUSED = ("the database {place} refused an inconsistent change ({error})", BUG)
READ_ONLY = ("the database {place} only lets read ({error})", "set EARSHOT_DATABASE_URL to the primary server")
VALUE = ("the database {place} cannot keep a value that it was given", BUG)  # its words show the value
OURS = ("the database {place} failed: {error}", f"{BUG}: what was asked of the database does not fit it")
FAULTS = {  # the beginning of the SQLSTATE -> what is wrong, what to do
    "25P03": LOST,  # idle in a transaction for too long
    "25006": READ_ONLY,
    "28": DENIED,
    "42501": DENIED,
    "3D": ("there is no database {place} ({error})", "create it first: createdb (docs/scale.md)"),
    "53100": FULL,
    "53": ("the database {place} has no room for this connection ({error})", "raise max_connections on the server"),
    "57P": LOST,
    "08": LOST,
    "22": VALUE,
    "P0001": ("nothing can be written any more: {error}", "set EARSHOT_DATABASE_URL to that place"),
    "23": REFUSED,
}


def explain(place: Server, error: BaseException) -> StoreError:
    """Return the error in words, judged by its SQLSTATE; without values, which PostgreSQL puts into its details.

    The driver's error keeps these words alone: the traceback in a log prints it too.
    """
    state = getattr(error, "sqlstate", None) or ""
    if state in BUSY:
        return DatabaseBusy(f"another process holds the database {place}", "try again in a moment")
    what, do = next((fault for code, fault in FAULTS.items() if state.startswith(code)), _without_state(error, state))
    kind = StatementRefused if do.startswith(BUG) else StoreError
    message = what.format(place=place, error=_words(place, error))
    error.args = (message,)
    return kind(message, do)


def _without_state(error: BaseException, state: str) -> tuple[str, str]:
    """Judge an error that the server did not send: there was no connection, or it broke."""
    if isinstance(error, psycopg.DataError):
        return VALUE
    if state or not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return OURS
    words = str(error)
    if "password" in words or "authentication" in words or "role" in words:
        return DENIED
    if "does not exist" in words:
        return FAULTS["3D"]
    is_new = "connection failed" in words or "connection timeout" in words or "resolve" in words
    return ("cannot reach the database {place} ({error})", REACH) if is_new else LOST


def _words(place: Server, error: BaseException) -> str:
    """Return the primary message alone, without the password."""
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    words = " ".join((primary or str(error)).split())
    return words.replace(place.password, "***") if place.password else words
