"""What praise is about, as a noun that a thank-you may repeat. Pure."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import itemgetter

from listener.intake.earned import Ground, is_part
from listener.intake.nouns import EVENT, FRAME, PEOPLE, Topic, measure
from listener.intake.phrases import CueMatch

PRAISE = frozenset(("praise", "warm"))
_REACH = 3  # words from praise to what is praised: "the crew was so nice"
_NO_PRAISE = frozenset(("wait", "forward", "thanks", "thank", "thx"))  # "can't wait for the trip" praises no trip
_THANKS = ("thank", "thx", "much appreciated", "appreciate", "really appreciate", "so appreciate")
_PLACES = {"praised": 0, "warm": 1, "praise": 1, "thanks": 2}  # of wordings whose `when` names these
_INSIDE = frozenset(("on", "in", "at", "from", "inside"))  # "a surprise on my bill" praises no bill
_BARE = frozenset(("great", "cool", "perfect", "good", "nice", "awesome", "excellent", "lovely", "brilliant", "super"))
_HEARTS = frozenset(("<3", *"♥❤💓💕💖💗💘💙💚💛💜💞🧡🤍😍😘🥰"))  # these say that somebody is loved
_CRIES = frozenset(("yay", "yaay", "wow", "woohoo", "woo", "hooray", "haha", "yes", "congrats", "lol"))  # nor do these


def find_praised(
    topics: Iterable[Topic], matches: Iterable[CueMatch], words: Sequence[str], ends: Sequence[int]
) -> Topic | None:
    """Return what stands near praise in the same sentence; "my order came early" praises more than the order."""
    places = [hit.start for hit in matches if hit.cue in PRAISE and _NO_PRAISE.isdisjoint(words[hit.start : hit.end])]
    near = [
        (distance, topic)
        for topic in topics
        if topic.sort not in (EVENT, FRAME)
        for distance in [measure(topic, at, ends) for at in places]
        if distance <= _REACH
    ]
    return min(near, key=itemgetter(0))[1] if near else None


def print_praised(topic: Topic, matches: Iterable[CueMatch], text: str, ground: Ground) -> str | None:
    """Return what a thank-you calls what is praised, None where it is not sure: "our crew", "the app".

    A cry praises no noun, nor does what stands in a place; a part of another noun is another thing, and so is a part of
    a name ("Ice Cream Sandwich").
    """
    words = ground.words
    praise = (words[hit.start : hit.end] for hit in matches if hit.cue in PRAISE)
    if all(not _CRIES.isdisjoint(phrase) for phrase in praise) or is_part(ground, (topic.start, topic.end)):
        return None
    if not _INSIDE.isdisjoint(words[max(0, topic.start - 2) : topic.start]):
        return None
    is_name = re.search(rf"\b[A-Z][a-z]+ {re.escape(words[topic.start].title())}\b", text) is not None
    if is_name and words[topic.start] == words[topic.end - 1]:
        return None
    return f"{'our' if topic.sort == PEOPLE else 'the'} {topic.name}"


def rank_thanks(cues: Mapping[str, tuple[str, ...]]) -> Callable[[frozenset[str]], int | None]:
    """Rank wordings of thanks by how it was said: what is praised, warm praise, praise, thanks, the rest.

    Warm thanks are thanks: "thank you so much" is no praise to pass on. Nor is "great, thanks!", or a smile beside it.
    """
    is_warm = is_warmly_said(cues)
    present = ({*cues} | {"praise"}) if is_warm else {*cues} - {"warm"}
    if not is_warm and "thanks" in cues and _is_bare(cues):
        present.discard("praise")

    def rank(when: frozenset[str]) -> int | None:
        places = [_PLACES.get(cue, len(_PLACES)) for cue in when & present]
        return min(places, default=None) if when else len(_PLACES) + 1

    return rank


def is_warmly_said(cues: Mapping[str, tuple[str, ...]]) -> bool:
    """True for warm praise; "thank you so much" alone is none."""
    return any(not phrase.startswith(_THANKS) for phrase in cues.get("warm", ()))


def _is_bare(cues: Mapping[str, tuple[str, ...]]) -> bool:
    """True if nothing is praised: an acknowledgement or a picture stands beside the thanks, and hardly a word more."""
    is_short = "brief" in cues and "unrelated_words" not in cues
    return is_short and all(word in _BARE or not word.isalpha() for word in cues.get("praise", ()))


def is_mere_picture(text: str, cues: Collection[str], praise: Collection[str], max_words: int) -> bool:
    """True if nothing but a picture praises, of many words or, where it is no heart, of any: "iPhone 😊"."""
    if any(char.isalpha() for word in praise for char in word):
        return False
    is_plain = "unrelated_words" in cues and "about_delivery" not in cues  # not "order 123 arrived 😊"
    return len(text.split()) > max_words or (is_plain and _HEARTS.isdisjoint(praise))
