"""What feeds bring: our own posts, news about us, and authors of whom only a name is known."""

from collections.abc import Iterator

import pytest

from listener.intake.text import plain
from listener.model import History, Mention
from listener.platforms.feed import parse
from listener.policy import Brand
from listener.triage.decide import decide
from listener.triage.signals import SignalExtractor
from tests.factories import NOW, decided, mention, policy, responders
from tests.platforms.feed_world import ALERTS, CASES, REVIEWS, Document, FeedWorld, ForkedParsing, serving

APOLOGY = "Hi, this is Fernhill. We are sorry that your order is lost, please write to us."
RECALL = "Fernhill recalls desk lamp after fires\nThe Fernhill company said on Friday it recalls ..."
PRAISE = "Ten best notebooks: Fernhill wins\nWe love the Fernhill notebook, the best and a wonderful gift ..."
OURS = policy(brand=Brand("Fernhill", ("fernhill",), ("FernhillHelp",)))


def rule(said: Mention) -> str:
    """The rule that ends the decision, for a brand whose handle is FernhillHelp."""
    return decide(SignalExtractor(OURS).extract(said, History(), NOW), OURS, responders(OURS)).rule


@pytest.mark.parametrize("name", ["/u/FernhillHelp", "u/fernhillhelp", "@FernhillHelp", "FernhillHelp"])
def test_post_of_our_own_staff_in_a_forum_is_not_answered(name: str) -> None:
    """An apology to ourselves was drafted."""
    assert rule(mention(APOLOGY, author_handle=None, author_name=name)) == "own_post"
    assert rule(mention(APOLOGY, author_handle="stranger", author_name=name)) != "own_post"


@pytest.mark.parametrize("name", ["FernhillHelp2", "inkfan", None])
def test_post_of_somebody_else_is_no_post_of_ours(name: str | None) -> None:
    """Also under a name that looks like ours."""
    assert rule(mention("My order is lost.", author_handle=None, author_name=name)) != "own_post"


def test_danger_in_a_post_under_our_name_goes_to_a_person() -> None:
    """Anybody may call themselves by our name."""
    said = "The lamp caught fire and my daughter was hurt."
    assert decided(said).action == "escalate"
    assert rule(mention(said, author_handle=None, author_name="FernhillHelp")) == decided(said).rule


@pytest.mark.parametrize(
    ("text", "action"),
    [
        (RECALL, "escalate"),
        ("Stationer Fernhill hit by data breach", "escalate"),
        ("Fernhill sued over pens", "escalate"),
        (PRAISE, "ignore"),
        ("I do not recall a better notebook than this Fernhill", "ignore"),
    ],
)
def test_bad_news_about_us_goes_to_a_person(text: str, action: str) -> None:
    """Nobody wrote it to us, and we should know of it first."""
    assert decided(text, is_addressed=False).action == action


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedWorld]:
    """Two feeds that a test fills with cases."""
    monkeypatch.setattr(parse, "subprocess", ForkedParsing)
    if not CASES.exists():
        pytest.skip("shared/cases is not here")
    with serving() as server:
        yield FeedWorld(server)


def rules(world: FeedWorld, path: str, name: str) -> list[str]:
    """The rules that decide the items of a case."""
    world.server.sites[path] = Document((CASES / name).read_text(encoding="utf-8"))
    return [rule(item) for page in world.round(None)[0] for item in page.mentions]


def test_case_of_own_staff(world: FeedWorld) -> None:
    """The customer's post is decided, ours is not."""
    assert sorted(rules(world, REVIEWS, "06-own-staff-in-forum-atom.xml"))[0] == "own_post"


def test_case_of_an_alert_about_a_recall(world: FeedWorld) -> None:
    """Both are not addressed to us; the recall goes to a person."""
    world.server.sites[ALERTS] = Document((CASES / "06-alert-recall.xml").read_text(encoding="utf-8"))
    said = [item for page in world.round(None)[0] for item in page.mentions]
    found = {decided(plain_text(item), is_addressed=item.is_addressed).action for item in said}
    assert len(said) == 2 and found == {"escalate", "ignore"}


def plain_text(item: Mention) -> str:
    """The words of an item."""
    return plain(item.text, html=True)
