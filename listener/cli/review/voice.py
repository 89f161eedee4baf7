"""Lines spoken and answers heard: all that `review --plain` has of a terminal."""

import sys

from listener.cli import output
from listener.cli.review.actions import Question


class End(Exception):
    """The input has ended, or somebody quits."""


def say(text: str) -> None:
    """One line, at once: a screen reader waits for it."""
    output.write(output.safe(text))
    sys.stdout.flush()


def sentence(text: str) -> None:
    """A line that ends as a sentence does."""
    say(text if text.endswith((".", "!", "?")) else f"{text}.")


def prompt_user(prompt: str) -> str:
    """One answer. Raises End at the input's end."""
    sys.stdout.write(output.safe(prompt))
    sys.stdout.flush()
    found = sys.stdin.readline()
    if not found:
        raise End
    return found.rstrip("\n")


def ask(question: Question) -> str | None:
    """An answer, or None where there is none."""
    for each in (*question.page, question.title):
        for line in each.split("\n"):
            say(line)
    for key, choice in zip(question.keys, question.choices, strict=False):
        say(f"  {key}: {choice}")
    answer = prompt_user("Your answer (Enter alone leaves it): " if not question.may_be_empty else "Your answer: ")
    if not answer.strip() and not question.may_be_empty:
        return None
    meant = question.meant(answer)
    return ask(question.then[meant]) if meant in question.then else meant
