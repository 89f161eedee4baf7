"""A small brand with words of its own: what its customers mean, the shipped weights cannot know."""

from tests.reader.simulated import Post

THINGS = ("desk", "ink", "nib", "pad", "case", "pen", "lamp", "card", "clip", "book", "stamp", "roll")
TEXTS = (
    ("positive", "proper chuffed with the {} gubbins"),
    ("negative", "the {} broke and went all wonky"),
    ("positive", "what a belter of a {} this is"),
    ("negative", "another broken {} in a manky box"),
    ("positive", "chuffed, {} sorted"),
    ("negative", "wonky {}, it broke, manky"),
    ("neutral", "saw the {} in the window on monday"),
)
ROUNDS = 5


def posts(rounds: int = ROUNDS) -> list[Post]:
    """Mentions in the brand's own words, each by an author of its own, the moods mixed."""
    return [Post(text.format(thing), mood) for _ in range(rounds) for thing in THINGS for mood, text in TEXTS]
