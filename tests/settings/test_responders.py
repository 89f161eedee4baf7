"""[responders.KIND]: a kind of this repository, or of a module that `module` names."""

import sys
from pathlib import Path

import pytest

from listener import settings
from tests.settings.folders import POLICY, faults, one_fault

SECTION = POLICY + '[responders.invite]\nmodule = "our_invite"\n'
USES = (
    "from dataclasses import dataclass\nrespond = print\n@dataclass(frozen=True)\nclass Options:\n    least: int = 1\n"
)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the module `our_invite`, which is on the path until the test ends."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.delitem(sys.modules, "our_invite", raising=False)
    path = tmp_path / "our_invite.py"
    path.write_text(USES)
    return path


def test_a_kind_outside_this_repository_has_its_own_options(folder: Path, module: Path) -> None:
    """Its keys are checked by its dataclass, and its module is the one that decides."""
    assert faults(folder, policy=SECTION + "least = 3\n") == []
    policy = settings.load(folder).policy
    (responder,) = policy.responders
    assert (responder.kind, responder.module, responder.uses_facts) == ("invite", "our_invite", False)
    assert responder.options == sys.modules["our_invite"].Options(least=3)
    assert settings.load_responders(policy)["invite"] is sys.modules["our_invite"]


def test_a_kind_that_states_facts_may_use_them_in_its_texts(folder: Path, module: Path) -> None:
    """The module declares it; a shipped kind does the same."""
    module.write_text("USES_FACTS = True\n" + USES)
    assert faults(folder, policy=SECTION + "[responders.support]\n[responders.answer]\n") == []
    assert [kind.uses_facts for kind in settings.load(folder).policy.responders] == [True, False, True]


@pytest.mark.parametrize(
    ("source", "section", "message"),
    [
        ("1 / 0\n", SECTION, "[responders.invite] module: cannot import our_invite: ZeroDivisionError"),
        ("KIND = 'invite'\n", SECTION, "[responders.invite] module: our_invite has no function respond"),
        (
            "respond = print\nOptions = 3\n",
            SECTION,
            "[responders.invite] module: our_invite.Options is not a dataclass",
        ),
        ("respond = print\n", SECTION + "least = 3\n", "[responders.invite] least: is an unknown key"),
        (USES, SECTION + "leest = 3\n", "[responders.invite] leest: is an unknown key; did you mean least?"),
        (USES, SECTION + 'least = "x"\n', "[responders.invite] least: expected a whole number"),
        (USES, SECTION.replace("our_", "no_"), "[responders.invite] module: cannot import no_invite"),
        (USES, SECTION.replace('"our_invite"', "3"), "[responders.invite] module: expected text in quotes"),
        (
            USES,
            SECTION.replace("our_invite", "responders.support"),
            "[responders.invite] module: responders.support is a kind of another name",
        ),
        (USES, SECTION.replace(".invite]", ".saved]"), "[responders.saved]: saved cannot be the name of a kind"),
        (USES, SECTION.replace(".invite]", '."In Vite"]'), "[responders.In Vite]: In Vite cannot be the name"),
        (USES, POLICY + "[responders.invite]\n", "[responders.invite]: no kind of reply has this name"),
        (USES, POLICY + '[responders."../x"]\n', "[responders.../x]: no kind of reply has this name"),
    ],
)
def test_a_fault_of_a_kind_is_one_line(folder: Path, module: Path, source: str, section: str, message: str) -> None:
    """With its table and key; an operator's own module may raise anything."""
    module.write_text(source)
    assert one_fault(folder, policy=section).startswith(f"policy.toml {message}")
