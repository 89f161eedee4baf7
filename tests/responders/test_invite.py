"""A kind of reply outside this repository, from the policy to the report: the example of CONTRIBUTING.md, as it stands.

Nothing but a module, a section of policy.toml and a text in replies.toml is added.
"""

import os
from pathlib import Path

import pytest

from listener import settings
from tests.forked import OFFLINE
from tests.pages import ROOT, blocks
from tests.process import PRAISE, Home

ASKS = "@fernhill is there a workshop this month?"
POLICY = '\n[responders.invite]\nmodule = "shop.invite"\ndue = "2h"\nmin_score = -0.2\n'
TEXT = "We do! The calendar lists every workshop of {{ brand }}."
REPLIES = f'\n[[invite]]\nid = "calendar"\ntext = "{TEXT}"\n'
ROWS = f"id,text,label,lang\n1,{ASKS},neutral,en\n2,{PRAISE.replace(',', '')},positive,en\n"


def starter(name: str) -> str:
    """A file of the starter set."""
    return (settings.starter() / name).read_text(encoding="utf-8")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose policy names the kind, with the module in a folder on the path and a mention that asks for it."""
    package = tmp_path / "elsewhere" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "invite.py").write_text(blocks(ROOT / "CONTRIBUTING.md", "python")[0], encoding="utf-8")
    made = Home(tmp_path, {"PYTHONPATH": os.pathsep.join((str(OFFLINE), str(package.parent)))})
    made.configure(starter("policy.toml") + POLICY, "policy.toml")
    made.configure(starter("replies.toml") + REPLIES, "replies.toml")
    made.say(ASKS, PRAISE)
    return made


def test_an_added_kind_is_checked_tried_approved_and_sent(home: Home) -> None:
    """What staff and the platform see is the same as for a shipped kind."""
    assert home.run("check", "--json").json["problems"] == []
    tried = home.run("try", ASKS, "--json").json
    assert (tried["kind"], tried["rule"], tried["auto"]) == ("invite", "invite", False)
    assert home.run("once", "--json").json["drafted"] == 2
    (reply,) = home.queue("--kind", "invite")
    assert reply["text"] == tried["text"] == TEXT.replace("{{ brand }}", "Fernhill")
    assert (reply["kind"], reply["state"], reply["due_at"] is None) == ("invite", "drafted", False)
    trail = home.run("show", str(reply["id"]), "--json").json["trail"]
    assert trail[-1] == {
        "rule": "invite", "hit": True, "words": ["workshop"], "message": "question about an event"
    }  # fmt: skip
    assert home.run("approve", str(reply["id"])).code == 0
    assert home.run("once", "--stage", "send", "--json").json["sent"] == 1
    assert [(post["in_reply_to"], post["text"]) for post in home.posts()] == [("1", reply["text"])]


def test_an_added_kind_is_counted_replayed_and_reported(home: Home) -> None:
    """evaluate gives it a column, replay names it in a change, report counts it, though no program file knows it."""
    (home.folder / "rows.csv").write_text(ROWS, encoding="utf-8")
    evaluated = home.run("evaluate", "rows.csv", "--json").json["by_label"]
    assert evaluated["neutral"]["invite"] == 1 and evaluated["positive"]["invite"] == 0
    table = home.run("evaluate", "rows.csv").out.splitlines()
    assert table[1].split() == ["label", *evaluated["neutral"]]
    home.run("once")
    home.run("approve", *(str(reply["id"]) for reply in home.queue()))
    home.run("once")
    (home.folder / "other").mkdir()
    changes = home.run("replay", "--policy", "other", "--json").json
    assert [(row["mention_id"], row["change"]) for row in changes] == [("1", "invite -> holding")]
    report = home.run("report", "--json").json
    assert report["volume"]["kinds"] == {"invite": 1, "thank_you": 1}
    assert report["targets"]["kinds"]["invite"]["met"] == 1


def test_staff_give_an_added_kind_to_an_escalation(home: Home) -> None:
    """The policy's kinds are those that `edit --kind` takes, and no other."""
    home.say("@fernhill oh great, another delay", start=3)
    home.run("once")
    (escalated,) = home.queue("--state", "escalated")
    refused = home.run("edit", str(escalated["id"]), "--kind", "invitation", "--text", "Come by.")
    assert refused.code == 2 and "invite" in refused.err
    edited = home.run("edit", str(escalated["id"]), "--kind", "invite", "--text", "Come by.", "--json").json
    assert (edited["kind"], edited["state"], edited["text"]) == ("invite", "drafted", "Come by.")


def test_a_fault_of_an_added_kind_is_one_line(home: Home) -> None:
    """With file and key, and what to do; never a traceback."""
    (home.folder / "elsewhere" / "shop" / "invite.py").write_text("1 / 0\n", encoding="utf-8")
    done = home.run("once")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "policy.toml [responders.invite] module: cannot import shop.invite: ZeroDivisionError" in done.err


def test_an_added_kind_that_returns_nothing_costs_its_mentions_alone(home: Home) -> None:
    """They are quarantined with the reason after three tries, and praise is still thanked."""
    (home.folder / "elsewhere" / "shop" / "invite.py").write_text("def respond(*given):\n    return None\n")
    home.configure(starter("policy.toml") + POLICY.replace("min_score = -0.2\n", ""), "policy.toml")
    done = home.run("once", "--json").json
    assert (done["drafted"], done["quarantined"]) == (1, 1)
    (item,) = home.run("quarantine", "--json").json
    assert (item["mention_id"], item["stage"]) == ("1", "route")
    assert "invite: respond returned None" in item["error"]


def test_an_added_kind_without_a_text_is_found_by_check(home: Home) -> None:
    """Before it would call a person for every mention."""
    home.configure(starter("replies.toml"), "replies.toml")
    (problem,) = home.run("check", "--json").json["problems"]
    assert problem["where"] == "replies.toml invite"
