"""From markup and handles to words, whatever a stranger sends."""

import time

import pytest

from listener.intake.phrases import tokenize
from listener.intake.text import Cleaner, find_handles, plain, sanitize, split_sentences
from listener.policy import Brand
from tests.factories import facts

KNOWN = ("epic", "fail", "worst", "ever", "great", "customer", "service", "thank", "you", "therapist", "sucks")


@pytest.fixture(scope="module")
def clean() -> Cleaner:
    """A cleaner of the brand United, whose name is an ordinary word."""
    return Cleaner(Brand("United", ("united airlines",), ("united",)), KNOWN)


def test_lone_surrogate_and_nul_are_replaced_at_the_door() -> None:
    """What no database takes is U+FFFD, and the rest stays."""
    assert sanitize("a\ud800b\x00c", 100) == "a\ufffdb\ufffdc"
    assert len(sanitize("x" * 200_000, 100_000)) == 100_000
    sanitize("\ud83d\ude00", 10).encode("utf-8")


def test_markup_becomes_lines_and_entities_letters() -> None:
    """Paragraphs and breaks are line breaks, entities are read once, scripts say nothing."""
    html = "<p>Hi &amp; <b>bye</b><br>next</p><p>third&nbsp;one</p><script>alert(1)</script>"
    assert plain(html, True) == "Hi & bye\nnext\nthird\xa0one"
    assert plain("I &lt;3 you &amp;amp; me", False) == "I <3 you &amp; me"


def test_mentions_and_links_of_mastodon_markup_are_taken_out(clean: Cleaner) -> None:
    """A handle and a link split over spans are whole again before they go."""
    html = (
        '<p><span class="h-card"><a href="https://m.example/@united">@<span>united</span></a></span> thanks '
        '<a href="https://t.example/x"><span class="invisible">https://</span>t.example/x</a></p>'
    )
    assert clean(plain(html, True)) == "thanks"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("@united thanks", "thanks"),
        ("@united@mastodon.example thanks", "thanks"),
        ("United Airlines is great", "is great"),
        ("United's staff", "staff"),
        ("reunited at last", "reunited at last"),
        ("see https://t.co/abc?x=1 now", "see now"),
        ("the lamppic.twitter.com/AbC1", "the lamp"),
        ("great.lawyer/police will write", "great.lawyer/police will write"),
        ("broken pic.twitter.com/AbC1", "broken"),
        (
            "write to shop.example and/or call 24/7, c/o a.m./p.m.",
            "write to shop.example and/or call 24/7, c/o a.m./p.m.",
        ),
        ("mail joe@example.org", "mail joe@example.org"),
        ("#EpicFail", "Epic Fail"),
        ("#epicfail", "epic fail"),
        ("#worstcustomerserviceever", "worst customer service ever"),
        ("#beingstuckherereallysucks", "beingstuckherereally sucks"),
        ("#therapist", "therapist"),
        ("😀😀😀 ok", "😀 ok"),
        ("don’t", "don't"),
        ("“@united: We hope you make it.” We did, thanks", "We did, thanks"),
        ("RT @somebody: lost my bag", "RT : lost my bag"),
    ],
)
def test_what_says_nothing_of_the_author_goes(clean: Cleaner, text: str, left: str) -> None:
    """Handles, links, brand words and quotes go; words inside words and mail addresses stay."""
    assert clean(text) == left


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("#iPhone4S", "iphone 4 s"),
        ("#iphone4s", "iphone 4 s"),
        ("#IPhone4S", "iphone 4 s"),
        ("#IPHONES", "iphones"),
        ("#iphones", "iphones"),
        ("#AppleiPhone", "apple iphone"),
        ("#iPadMini", "ipad mini"),
        ("#iOS7", "ios 7"),
        ("#itunesfail", "itunes fail"),
        ("#imessage", "imessage"),
        ("#eBay", "ebay"),
        ("#i7", "7"),
    ],
)
def test_a_name_that_begins_with_i_says_nothing_of_the_author(tag: str, words: str) -> None:
    """A lone "i" would be somebody who speaks of himself."""
    assert " ".join(tokenize(facts(tag).text)) == words


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("#iLoveThis", "i love this"),
        ("#ilovethis", "i love this"),
        ("#ihateups", "i hate ups"),
        ("#IWantMyMoneyBack", "i want my money back"),
        ("#iwantmymoneyback", "i want my money back"),
        ("#igotscammed", "i got scammed"),
        ("#iWaited2Hours", "i waited 2 hours"),
        ("#IRegretFlying", "i regret flying"),
        ("#WhyDoIBother", "why do i bother"),
        ("#iBroke", "i broke"),
        ("#iRecommend", "i recommend"),
        ("#howcanihelp", "how can i help"),
        ("#ICantEven", "i cant even"),
        ("#ideas", "ideas"),
        ("#TaxiPhone", "taxi phone"),
        ("#aGreatDay", "a great day"),
    ],
)
def test_who_speaks_of_himself_in_a_hashtag_is_heard(tag: str, words: str) -> None:
    """A verb stands behind the "i"."""
    assert " ".join(tokenize(facts(tag).text)) == words


def test_a_rows_own_brand_is_a_brand_word(clean: Cleaner) -> None:
    """A file's brand column is stripped as well, with and without blanks."""
    left = clean("US Airways and #USAirways and usairways too", "US Airways")
    assert "airways" not in left.lower().replace("us airways and", "")
    assert clean("usairways is late, US Airways!", "US Airways") == "is late, !"


def test_other_handles_are_those_after_the_beginning(clean: Cleaner) -> None:
    """The accounts a reply begins with are its addressees, not its subject."""
    assert clean.find_other_handles("@united @friend better than @delta or @united", None) == ["delta"]
    assert find_handles("@A_b and c@d.example") == ["a_b"]


def test_sentences_end_at_marks_and_lines() -> None:
    """At most thirty, the last holding the rest."""
    assert split_sentences("One! Two? Three.\nFour") == ("One!", "Two?", "Three.", "Four")
    assert len(split_sentences("a. " * 5_000)) == 30
    assert split_sentences("") == ("",)


@pytest.mark.parametrize(
    "hostile",
    [
        "<" * 100_000,
        "<a " * 30_000,
        "&" * 100_000,
        "@" * 100_000,
        "#" + "a" * 100_000,
        "RT @" * 25_000,
        "“@a:" * 25_000,
        "x@" * 50_000,
        "https://" * 12_000,
        "😀" * 10_000,
        "a.b@" * 25_000,
        "#Aa" * 30_000,
        "<!--" * 25_000,
        "<div>" * 200_000,
        "&#" + "0" * 1_000_000,
        "<a " + "b " * 200_000 + ">",
    ],
)
def test_hostile_text_costs_bounded_time(clean: Cleaner, hostile: str) -> None:
    """100 kB of anything is cleaned in a blink."""
    start = time.perf_counter()
    clean(plain(hostile, True))
    clean(plain(hostile, False))
    clean.find_other_handles(hostile[:5_000], None)
    assert time.perf_counter() - start < 2.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hi <![x[ ]]>there", "hi there"),
        ("<![if x]>burnt<![endif]> hand", "burnt hand"),
        ("<![CDATA[ignored]]>burnt", "burnt"),
        (f"burnt &#{'1' * 4_301}; hand", "burnt \ufffd hand"),
        (f"burnt &#x{'f' * 4_301} hand", "burnt \ufffd hand"),
        (f"&#{'0' * 4_301}65;&#x{'0' * 50_000}42; &#8364;", "AB €"),
    ],
)
def test_markup_that_breaks_the_parser_is_cleaned_like_any_other(text: str, words: str) -> None:
    """A single such post would stop its platform for as long as it is listed."""
    assert plain(text, True) == words
    if "<" not in text:
        assert plain(text, False) == words


@pytest.mark.parametrize("tags", ["<div>" * 200_000, "<b> <i>\n" * 100_000, "<p>" + " " * 300_000 + "<br>"])
def test_words_behind_very_many_tags_are_read(tags: str) -> None:
    """They must not become an empty text, which nobody would look at."""
    assert plain(f"{tags}the lamp caught fire</div>", True) == "the lamp caught fire"
