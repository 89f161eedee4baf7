"""Whether somebody consents, in plain words of their own. Pure."""

from collections.abc import Collection

from listener.intake.phrases import Matcher, tokenize

CLOUDS = ("negation", "contrast", "condition", "question", "sarcasm", "opt_out")  # cues


def find_doubt(text: str, cues: Collection[str], phrases: tuple[str, ...]) -> str | None:
    """Return why words are no plain consent; None where they are. phrases: those by which people consent."""
    if not Matcher({"consent": phrases}).find(tokenize(text)):
        return f"it has none of the phrases of `consent`: {', '.join(phrases)}"
    cloud = next((cue for cue in CLOUDS if cue in cues), None)
    return None if cloud is None else f"it is not a plain yes ({cloud.replace('_', ' ')})"
