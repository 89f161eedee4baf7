"""club.toml: every offer that cannot work is refused with its key; a whole one is read as it stands."""

from datetime import date
from pathlib import Path

import pytest

from listener.errors import ConfigError
from listener.settings import load, notes

GOOD = {
    "from": "2026-11-20",
    "until": "2026-12-01",
    "pool": '"ten"',
    "for": '"asked"',
    "claim": '["my autumn code"]',
    "text": '"Use {coupon} once. {terms}"',
    "terms": '"Until Sunday."',
    "owner": '"marketing"',
}


def read(folder: Path, **changes: str | None) -> list[str]:
    """The problems of a club with one offer, with these keys changed (None: left out)."""
    keys = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    offer = "".join(f"{name} = {value}\n" for name, value in keys.items())
    text = f'[pools.ten]\ncents = 1000\ncurrency = "EUR"\n[offers.autumn]\n{offer}'
    (folder / "club.toml").write_text(text)
    try:
        load(folder)
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_an_offer_is_read_with_its_terms_in_the_text(tmp_path: Path) -> None:
    """And `check` says that nothing answers who asks for it."""
    assert read(tmp_path) == []
    config = load(tmp_path)
    (offer,) = config.policy.club.offers
    assert (offer.text, offer.pool.cents, offer.kind) == ("Use {coupon} once. Until Sunday.", 1000, "asked")
    assert offer.runs(date(2026, 11, 20)) and offer.runs(date(2026, 11, 30)) and not offer.runs(date(2026, 12, 1))
    assert any("offer autumn is never answered" in note for note in notes(config))


def test_a_claim_below_another_kind_is_noted(tmp_path: Path) -> None:
    """Support would take "may I have my autumn code?" first; not so a kind that is tried last, wherever it stands."""
    policy = tmp_path / "policy.toml"
    policy.write_text('[brand]\nname = "F"\n[responders.correction]\n[responders.support]\n[responders.claim]\n')
    assert read(tmp_path) == []
    note = "policy.toml [responders.claim] stands below correction, support: the first kind that fits answers"
    assert any(line.startswith(note) for line in notes(load(tmp_path)))
    for order in ("claim", "support"), ("holding", "claim", "support"):
        policy.write_text('[brand]\nname = "F"\n' + "".join(f"[responders.{kind}]\n" for kind in order))
        assert not any("stands below" in line for line in notes(load(tmp_path)))


ALIKE = "differ too little: nobody can tell who asks for which; choose other words"
WITHIN = "gets offer autumn, whose phrase 'my autumn code' is in it; put gift above autumn, or choose other words"


@pytest.mark.parametrize(
    ("claim", "from_", "note"),
    [
        ("My Autumn-Code!", "2026-11-25", f"'my autumn code' and 'My Autumn-Code!' {ALIKE}"),
        ("my autum code", "2026-11-30", f"'my autumn code' and 'my autum code' {ALIKE}"),
        ("send me my autumn code for gifts", "2026-11-25", f"'send me my autumn code for gifts' {WITHIN}"),
        ("my gift code", "2026-11-25", None),
        ("my autumn code", "2026-12-01", None),
    ],
)
def test_offers_whose_claims_can_be_mixed_up_are_noted(
    tmp_path: Path, claim: str, from_: str, note: str | None
) -> None:
    """The first offer that fits is given; those that never run on the same day may share their words."""
    keys = {**GOOD, "claim": f'["{claim}"]', "from": from_, "until": "2026-12-24"}
    offer = "".join(f"{name} = {value}\n" for name, value in keys.items())
    assert read(tmp_path) == []
    with (tmp_path / "club.toml").open("a") as file:
        file.write(f"[offers.gift]\n{offer}")
    mixed = [line for line in notes(load(tmp_path)) if "differ" in line or "is in it" in line]
    assert [line.partition(": ")[2].partition("who writes ")[2] or line.partition(": ")[2] for line in mixed] == (
        [note] if note else []
    )


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"from": "2026-12-01"}, "from: is not before until"),
        ({"pool": '"tin"'}, "pool: there is no [pools.tin]"),
        ({"claim": None}, "claim: is needed by an offer that is asked for"),
        ({"for": '"goodwill"'}, "claim: is needed by an offer that is asked for, and by no other"),
        ({"for": '"members"', "claim": None}, "for: needs members, but nobody can join"),
        ({"for": '"praise"'}, "for: expected"),
        ({"tiers": '["gold"]'}, "tiers: there is no tier gold"),
        ({"text": '"Use the code. {terms}"'}, "text: has {coupon} 0 times"),
        ({"text": '"Use the {coupon}-Gutschein. {terms}"'}, "text: has '{coupon}-': nobody could tell"),
        ({"text": '"Use **{coupon}** once. {terms}"'}, "text: has '*{coupon}': nobody could tell"),
        ({"text": '"Use {coupon}{terms}"'}, "text: has '{coupon}U': nobody could tell"),
        ({"text": '"Use {coupon} once."'}, "text: does not state the terms"),
        ({"text": '"As an advocate use {coupon}. {terms}"'}, "text: names 'advocate', which customers must not see"),
        ({"text": '"Autumn: {coupon}. {terms}"'}, "text: names 'autumn'"),
        ({"terms": '" "'}, "terms: contains an empty text"),
        ({"owner": None}, "owner is missing"),
        ({"per_day": "0"}, "per_day: is too small"),
        ({"budget_cents": "-1"}, "budget_cents: is too small"),
    ],
)
def test_an_offer_that_cannot_work_is_refused(tmp_path: Path, changes: dict[str, str | None], fault: str) -> None:
    """Each with what to do."""
    assert any(fault in problem for problem in read(tmp_path, **changes))


def test_everyday_words_are_no_names_of_roles(tmp_path: Path) -> None:
    """ "The regular price" and "our new shop" say nothing of anybody."""
    text = "Use {coupon}: a tenth off the regular price in our new shop, for minor repairs too. {terms}"
    assert read(tmp_path, text=f'"{text}"') == []


def test_a_wording_that_names_a_tier_or_a_role_is_noted(tmp_path: Path) -> None:
    """Gold may be a colour; whether it is one, the operator sees."""
    (tmp_path / "club.toml").write_text('[club]\njoin = ["join us"]\nterms = "t"\n[tiers.gold]\npoints = 9\n')
    (tmp_path / "policy.toml").write_text('[brand]\nname = "F"\n[responders.thank_you]\n')
    replies = '[[thank_you]]\nid = "{}"\ntext = "{}"\n'
    (tmp_path / "replies.toml").write_text(replies.format("a", "Thank you!"))
    assert not any("must not see" in line for line in notes(load(tmp_path)))
    (tmp_path / "replies.toml").write_text(replies.format("a", "Thank you, Gold member!") + (
        '[[saved]]\nid = "b"\ntext = "You are a true advocate."\n'
    ))  # fmt: skip
    found = [line for line in notes(load(tmp_path)) if "must not see" in line]
    assert found == [
        "replies.toml thank_you a: names 'gold'; customers must not see their tier or role",
        "replies.toml saved b: names 'advocate'; customers must not see their tier or role",
    ]


def test_the_question_for_a_testimonial_names_no_tier(tmp_path: Path) -> None:
    """It is posted in public."""
    club = '[club]\njoin = ["join us"]\nterms = "t"\n[tiers.gold]\npoints = 9\n'
    ask = '[testimonials]\nask = "As a gold member, may we quote you?"\nconsent = ["quote me"]\n'
    (tmp_path / "club.toml").write_text(club + ask)
    with pytest.raises(ConfigError, match=r"\[testimonials\] ask: names 'gold', which customers must not see"):
        load(tmp_path)


def test_claims_are_never_automatic(tmp_path: Path) -> None:
    """Money does not leave without a person."""
    (tmp_path / "policy.toml").write_text('[brand]\nname = "F"\n[responders.claim]\nauto = "earned"\n')
    with pytest.raises(ConfigError, match=r"\[responders.claim\] auto: is not possible for this kind"):
        load(tmp_path)
