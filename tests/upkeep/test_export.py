"""An export holds everything of one moment, in files that other programs read, or is not there."""

import csv
import json
import resource
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from listener.errors import InputError
from listener.store.engine import HEAD
from listener.upkeep.export import Export, export
from tests.line import Line
from tests.process import Home


def write(line: Line, folder: Path) -> Export:
    """Export a line's database."""
    return export(line.store, folder, "0.1.0", line.now, lambda: None)


def test_every_row_of_every_table_is_in_both_files(line: Line, tmp_path: Path) -> None:
    """Counted against the database, and equal to one another value by value."""
    line.approved()
    line.say('=1+1 "quoted", with a comma\nand a line end')
    line.listen()
    folder = tmp_path / "out"
    result = write(line, folder)
    with line.store.read() as connection:
        names = [*inspect(connection).get_table_names(), *inspect(connection).get_view_names()]
        kept = {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names}
    ours = {name: count for name, count in kept.items() if name not in ("alembic_version", "lease", "daemon")}
    assert result.rows == ours and ours["mention"] == 2 and ours["event"] > 2
    for name, count in ours.items():
        rows = [json.loads(row) for row in (folder / f"{name}.jsonl").read_text().splitlines()]
        with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            cells = list(csv.DictReader(file))
        assert len(rows) == len(cells) == count
        for row, cell in zip(rows, cells, strict=True):
            assert list(row) == list(cell)
            assert {key for key, value in row.items() if value is None} <= {key for key in cell if cell[key] == ""}
    assert json.loads((folder / "export.json").read_text())["rows"] == result.rows
    assert result.schema == HEAD


def test_a_spreadsheet_reads_no_formula_and_a_program_the_words_themselves(line: Line, tmp_path: Path) -> None:
    """CSV quotes a leading sign; JSON Lines keeps what was said to the letter."""
    line.say("=HYPERLINK(1)")
    line.listen()
    write(line, tmp_path / "out")
    said = json.loads((tmp_path / "out" / "mention.jsonl").read_text())
    with (tmp_path / "out" / "mention.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert said["text"] == "=HYPERLINK(1)" and row["text"] == "'=HYPERLINK(1)"
    assert said["seen_at"].endswith("Z") and row["seen_at"] == said["seen_at"]
    assert (said["is_html"], row["is_html"]) == (False, "false")


def test_an_export_is_of_one_moment(line: Line, tmp_path: Path) -> None:
    """What is stored while it runs is in none of its files, neither the mention nor its event."""
    line.say()
    line.listen()

    def another() -> None:
        """Somebody writes after each table."""
        line.say()
        line.stages.poll("memory")

    result = export(line.store, tmp_path / "out", "0.1.0", line.now, another)
    assert result.rows["mention"] == result.rows["exchange"] == 1
    with line.store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM mention")).scalar_one() > 10


def test_a_folder_with_something_in_it_is_not_touched(line: Line, tmp_path: Path) -> None:
    """Neither is a file; an empty folder is filled."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mention.csv").write_text("precious")
    (tmp_path / "file").write_text("precious")
    (tmp_path / "empty").mkdir()
    for name in ("full", "file"):
        with pytest.raises(InputError, match="exists already and is not empty"):
            write(line, tmp_path / name)
    write(line, tmp_path / "empty")
    assert (tmp_path / "full" / "mention.csv").read_text() == (tmp_path / "file").read_text() == "precious"
    assert (tmp_path / "empty" / "export.json").exists()


def test_an_export_that_does_not_fit_leaves_nothing(line: Line, tmp_path: Path) -> None:
    """The disk is full (here: the limit of a file's size): one line that says what to do, and no half folder."""
    line.say("word " * 2000)
    line.listen()
    target = tmp_path / "exports"
    target.mkdir()
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, usual[1]))
    try:
        with pytest.raises(InputError, match=r"cannot write .*out \(File too large\); give a new folder"):
            write(line, target / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert list(target.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(line: Line, tmp_path: Path) -> None:
    """A slip in a path makes no folders."""
    with pytest.raises(InputError, match="there is no folder"):
        write(line, tmp_path / "none" / "out")


def test_what_a_killed_export_leaves_is_removed_by_the_next(tmp_path: Path) -> None:
    """It holds everybody's words under a hidden name; whatever the next export is called, it goes."""
    home = Home(tmp_path / "home")
    home.say("Where is my parcel?")
    target = tmp_path / "exports"
    target.mkdir()
    assert home.run("once").code == 0
    assert home.run("export", str(target / "first"), EARSHOT_FAULT="E1:KILL:3").code == -9
    (left,) = target.iterdir()
    assert left.name.startswith(".first-") and any(left.iterdir())
    assert home.run("export", str(target / "second")).code == 0
    assert [path.name for path in target.iterdir()] == ["second"]


def test_an_export_leaves_alone_what_is_not_its_own(line: Line, tmp_path: Path) -> None:
    """Another export that is still at work, and hidden folders of others."""
    for name in (".git", ".out-notes", ".out-12345678"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "export.json").write_text("precious")

    def another() -> None:
        """Somebody exports into the same folder meanwhile."""
        if not (tmp_path / "second").exists():
            write(line, tmp_path / "second")

    export(line.store, tmp_path / "first", "0.1.0", line.now, another)
    assert {path.name for path in tmp_path.iterdir()} >= {"first", "second", ".git", ".out-notes", ".out-12345678"}
    assert json.loads((tmp_path / "first" / "export.json").read_text())["schema"] == HEAD
