"""The corpus: sentences about the facts of factsheet.toml, by the awkward case, with the outcomes that are right."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from listener.model import Decision, History, MentionSignals
from listener.policy import Policy
from listener.settings import read_policy
from listener.settings.policy import POLICY_FILES
from listener.triage.decide import decide
from listener.triage.signals import SignalExtractor
from tests.factories import CONFIG, NOW, mention, responders

HERE = Path(__file__).parent
POLICY = """
languages = ["en"]
brand = {name = "Marlow", terms = ["marlow"], handles = ["marlow"]}
links = {allow = ["example.com", "marlow.example", "fernhill.example"]}
[responders.correction]
[responders.support]
[responders.answer]
[responders.thank_you]
"""


class Case(NamedTuple):
    """One sentence: the heading it stands under, the outcomes that are right, the fact, the words, and the line."""

    heading: str
    right: frozenset[str]
    fact: str
    text: str
    line: int


def cases() -> list[Case]:
    """Every sentence of sentences.txt."""
    cases: list[Case] = []
    heading, right = "", frozenset[str]()
    for number, line in enumerate((HERE / "sentences.txt").read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("=="):
            heading, _, outcomes = line.strip("= ").partition(" => ")
            right = frozenset(word.strip() for word in outcomes.split(","))
        elif line.strip() and not line.startswith("#"):
            fact, _, text = line.partition(" | ")
            cases.append(Case(heading, right, fact, text, number))
    return cases


@cache
def policy() -> Policy:
    """A policy with the corpus' fact sheet and the starter's wording."""
    texts = {name: (CONFIG / name).read_text(encoding="utf-8") for name in POLICY_FILES}
    return read_policy({**texts, "policy.toml": POLICY, "factsheet.toml": (HERE / "factsheet.toml").read_text("utf-8")})


@cache
def _extractor() -> SignalExtractor:
    return SignalExtractor(policy())


def read(text: str) -> MentionSignals:
    """The facts of a sentence."""
    return _extractor().extract(mention(text), History(), NOW)


def decided(text: str) -> Decision:
    """What becomes of a sentence."""
    return decide(read(text), policy(), responders(policy()))


def outcome(decision: Decision) -> str:
    """In the corpus' words."""
    return decision.kind or {"escalate": "person", "ignore": "nothing"}[decision.action]


def topic(decision: Decision) -> str | None:
    """The fact that a draft speaks of."""
    texts = decision.draft.texts if decision.draft else ()
    return next((fact.id for fact in policy().facts if texts and fact.statement in texts[0].text), None)
