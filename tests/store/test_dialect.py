"""What only one kind of database has stands in modules of its own; SQL stands in the store alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DIALECT = {  # what both do differently, and what each has alone
    *("listener/store/dialect.py", "listener/store/value_dialect.py", "listener/store/driver.py"),
    *(f"listener/store/leases/{name}.py" for name in ("daemons", "exclusive", "lease", "shared", "taking")),
    *("listener/store/sqlite.py", "listener/store/sqlite_file.py", "listener/store/postgres.py"),
    *(f"listener/store/postgres_{name}.py" for name in ("changes", "connection", "dialect", "errors")),
}
SOURCES = sorted(path for room in ("listener", "responders", "bench") for path in (ROOT / room).rglob("*.py"))
STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|WITH RECURSIVE)\b[^.]*", re.DOTALL)
OWN_TEXT = re.compile(
    r"\b(PRAGMA|VACUUM|BEGIN IMMEDIATE|sqlite_master|INSERT OR|strftime\(|json_extract|rowid|changes\(\)"
    r"|pg_\w+|LISTEN|clock_timestamp|to_regclass|unnest\()"
)
OWN_NAMES = {"exec_driver_sql", "substr", "strftime", "json_extract", "type_coerce"}
PEER = "bench/afternoon.py"  # a program of its own, which Earshot is compared with
# Files outside of them that may hold what only SQLite has, each with its reason; the file says it too.
EXCEPTIONS = {
    "listener/store/sqlite_errors.py": "the codes of the errors of SQLite, which sqlite.py raises",
    "listener/store/shared_dialect.py": "the dialect of SQLite with which sqlite.py makes its engines",
    "listener/cli/health.py": "starts twice a minute: it must not import SQLAlchemy",
    "bench/many.py": "multiplies rows a thousandfold, which only SQL in the file itself does in time",
    "bench/daemon.py": "looks for a row without a process of the program",
    "bench/run.py": "measures the disk below the database",
    "bench/scale.py": "counts rows of a database that bench/many.py made",
}


def _texts(tree: ast.AST) -> Iterator[str]:
    """Every string of the program that is not a docstring."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def _modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def of_its_own(source: str) -> list[str]:
    """What this source holds that only SQLite or only PostgreSQL has."""
    tree = ast.parse(source)
    marks = [name for name in _modules(tree) if name.startswith(("sqlite3", "psycopg", "sqlalchemy.dialects"))]
    marks += [text[:40] for text in _texts(tree) if OWN_TEXT.search(text)]
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and (node.arg or "").startswith(("sqlite_", "postgresql_")):
            marks.append(str(node.arg))
        elif isinstance(node, ast.Attribute | ast.Name):
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            marks += [name] * (name in OWN_NAMES)
        elif isinstance(node, ast.ClassDef) and any("TypeDecorator" in ast.unparse(base) for base in node.bases):
            marks.append(node.name)
    return marks


def sql(source: str) -> list[str]:
    """The statements in this source, and what it takes from SQLAlchemy beyond the connection that it passes on."""
    tree = ast.parse(source)
    taken = [name for name in _modules(tree) if name.startswith(("sqlalchemy", "sqlmodel"))]
    return [name for name in taken if name != "sqlalchemy.Connection"] + [t for t in _texts(tree) if STATEMENT.match(t)]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


NEUTRAL = [path for path in SOURCES if _name(path) not in DIALECT | EXCEPTIONS.keys()]


@pytest.mark.parametrize("path", NEUTRAL, ids=_name)
def test_what_only_one_database_has_stands_in_its_modules(path: Path) -> None:
    """Whoever writes a query need not know which it is."""
    assert of_its_own(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [path for path in SOURCES if "listener/store" not in _name(path)], ids=_name)
def test_sql_stands_in_the_store_alone(path: Path) -> None:
    """A room asks the store by a function's name."""
    if _name(path) not in {*EXCEPTIONS, PEER}:
        assert sql(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exception_is_still_one_and_says_why(name: str) -> None:
    """A list of exceptions that nobody prunes lets everything through."""
    source = (ROOT / name).read_text(encoding="utf-8")
    assert of_its_own(source)
    assert "# SQLite alone: " in source


@pytest.mark.parametrize(
    "source",
    [
        "import sqlite3",
        "from psycopg import connect",
        'text("SELECT pg_try_advisory_lock(1)")',
        "from sqlalchemy.dialects.sqlite import insert as upsert",
        'Index("ix", "key", sqlite_where=text("x"))',
        'connection.exec_driver_sql("SELECT 1")',
        'connection.execute(text("PRAGMA query_only=ON"))',
        "func.substr(column, 1, 16)",
        "class Time(TypeDecorator[datetime]):\n    pass",
    ],
)
def test_the_check_sees_what_only_one_database_has(source: str) -> None:
    """Each of the ways in which it stood in twenty files."""
    assert of_its_own(source)


def test_the_check_sees_a_statement_and_passes_prose() -> None:
    """A docstring that speaks of VACUUM is no SQL; nor is a message that begins with a small letter."""
    assert sql('rows = connection.execute("SELECT name FROM platform")') and sql("from sqlalchemy import select")
    assert not of_its_own('"""VACUUM writes it anew."""\nfrom sqlalchemy import Connection')
    assert not sql('say("select a reply first")\nfrom sqlalchemy import Connection')
