"""Settings: every fault at once, with file and key; nothing but ConfigError for whatever a file may hold."""

from datetime import date
from pathlib import Path

import pytest

from listener import settings
from listener.errors import ConfigError, EarshotError
from listener.platforms import memory
from tests.settings.folders import FACT, MEMORY, POLICY, faults, one_fault


def test_starter_set_has_no_fault_and_turns_on_memory_alone() -> None:
    """What the image ships loads as it stands."""
    made = settings.load(settings.starter())
    assert [one.name for one in made.platforms] == ["memory"]
    assert settings.problems(made) == []
    assert list(settings.load_responders(made.policy)) == [one.kind for one in made.policy.responders]
    assert all(one.auto == "never" for one in made.policy.responders)


def test_a_memory_section_alone_is_a_complete_configuration(folder: Path) -> None:
    """The other files are the starter's; paths are relative to the file they stand in."""
    assert faults(folder, earshot=MEMORY) == []
    made = settings.load(folder)
    assert made.platform("memory") == made.platforms[0]
    assert made.platform("x") is None
    section = made.platforms[0].section
    assert isinstance(section, memory.Section)
    assert section.mentions == folder / "m.jsonl"
    assert section.start == "now"
    assert made.policy == settings.load(settings.starter()).policy
    assert made.daemon == settings.Daemon(5.0, 60.0, 1.0)


def test_empty_folder_is_the_starter_set(folder: Path) -> None:
    """Any subset of the files is a configuration, the empty one too."""
    assert settings.load(folder).platforms == settings.load(settings.starter()).platforms


def test_faults_of_all_files_are_told_at_once(folder: Path) -> None:
    """A fault in one file, table or key hides no other."""
    found = faults(
        folder,
        earshot='[daemon]\nsend_seconds = "x"\nfoo = 1\n[platforms.memory]\nmentions = "gone.jsonl"\npoll_secnds = 3\n',
        policy='langages = ["en"]\n[brand]\n[responders.thank_yu]\n[limits]\nmax_age = 3\n[cues]\nthankz = ["ta"]\n',
        factsheet='[[fact]]\nid = "a"\n',
        replies="this is no TOML\n",
    )
    told = "\n".join(found)
    for part in (
        "earshot.toml [daemon] send_seconds: expected a number",
        "earshot.toml [daemon] foo: is an unknown key",
        "earshot.toml [platforms.memory] mentions: there is no such file",
        "earshot.toml [platforms.memory] poll_secnds: is an unknown key; did you mean poll_seconds?",
        "policy.toml langages: is an unknown key; did you mean languages?",
        "policy.toml [brand]: name is missing",
        "policy.toml [responders.thank_yu]: no kind of reply has this name; did you mean thank_you?",
        "policy.toml [limits] max_age: expected a duration",
        "policy.toml [cues] thankz: is an unknown key; did you mean thanks?",
        "factsheet.toml [[fact]] a: statement is missing",
        "factsheet.toml [[fact]] a: expires is missing",
        "replies.toml line 1: is not valid TOML",
    ):
        assert part in told


def test_config_cut_at_any_byte_is_refused_or_loaded_but_never_crashes(folder: Path) -> None:
    """FAULTS F21: half-written files give ConfigError and nothing else."""
    raw = (MEMORY + "[daemon]\nsend_seconds = 0.5 # é\nupkeep_seconds = 30\n").encode()
    for cut in range(len(raw)):
        (folder / "earshot.toml").write_bytes(raw[:cut])
        faults(folder)


@pytest.mark.parametrize("name", ["policy.toml", "factsheet.toml", "replies.toml"])
def test_starter_file_cut_anywhere_is_refused_or_loaded_but_never_crashes(folder: Path, name: str) -> None:
    """The same for the larger files, at 60 places each."""
    raw = (settings.starter() / name).read_bytes()
    for cut in range(0, len(raw), len(raw) // 60):
        (folder / name).write_bytes(raw[:cut])
        faults(folder)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "1" * 5_000,
        "\x00",
        "a = '\x00'",
        "=" * 50,
        "[[[[",
        'a = "\\ud800"',
        "a = 1979-13-45",
    ],
)
def test_hostile_toml_is_one_fault_with_its_file(folder: Path, text: str) -> None:
    """Deep nesting, endless digits and broken escapes are told as a line, not a traceback."""
    assert any(line.startswith("earshot.toml") for line in faults(folder, earshot=text))


def test_file_that_is_not_utf8_is_told_with_its_line(folder: Path) -> None:
    """Latin-1 from an old editor is refused with the line to mend."""
    (folder / "policy.toml").write_bytes('[brand]\nname = "Café"\n'.encode("latin-1"))
    assert "policy.toml: cannot be read: it is not UTF-8 text (line 2)" in one_fault(folder)


def test_byte_order_mark_and_windows_line_ends_are_taken(folder: Path) -> None:
    """Notepad's habits are no fault."""
    (folder / "policy.toml").write_bytes(b"\xef\xbb\xbf" + POLICY.replace("\n", "\r\n").encode())
    assert faults(folder) == []


def test_folder_in_place_of_a_file_is_one_fault(folder: Path) -> None:
    """A mistaken volume mount makes a folder where a file was meant."""
    (folder / "policy.toml").mkdir()
    assert "policy.toml: cannot be read: it is not a file" in one_fault(folder)


def test_missing_folder_says_how_to_make_one(tmp_path: Path) -> None:
    """A wrong EARSHOT_CONFIG is told, not replaced by the starter set."""
    with pytest.raises(ConfigError, match="there is no such folder; create it with `earshot init`"):
        settings.load(tmp_path / "nowhere")


def test_facts_about_to_expire_and_files_that_nobody_reads_are_noted(folder: Path) -> None:
    """`check` says so without calling it a fault."""
    (folder / "factsheets.toml").write_text("")
    assert faults(folder, factsheet=FACT + 'claims = ["c"]\n', earshot=MEMORY) == []
    made = settings.load(folder)
    told = "\n".join(settings.notes(made, date(2026, 5, 30)))
    assert "factsheet.toml a: expires on 2026-06-01" in told
    assert "factsheets.toml is not read: did you mean factsheet.toml?" in told
    assert 'm.jsonl are skipped; start = "all" reads them too' in told
    assert "expires" not in "\n".join(settings.notes(made, date(2026, 5, 1)))


def test_init_writes_a_starter_set_that_loads_and_never_overwrites(tmp_path: Path) -> None:
    """The second time it refuses in one line and leaves every file as it was."""
    written = settings.init(tmp_path / "new" / "config")
    assert {path.name for path in written} == {*settings.FILES, "mentions.jsonl"}
    assert settings.load(tmp_path / "new" / "config").policy == settings.load(settings.starter()).policy
    written[0].unlink()
    with pytest.raises(EarshotError, match="already exists; choose another folder"):
        settings.init(tmp_path / "new" / "config")
    assert not written[0].exists()


def test_init_into_a_file_is_one_line(tmp_path: Path) -> None:
    """A path that is no folder is told, not raised as OSError."""
    (tmp_path / "file").write_text("")
    with pytest.raises(EarshotError, match="cannot write"):
        settings.init(tmp_path / "file" / "config")
