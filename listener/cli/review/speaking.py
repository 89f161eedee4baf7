"""What `review --plain` says and hears: a line, a question, and the answer to it."""

import sys

from listener.cli import output
from listener.cli.review.question import Question


class End(Exception):
    """The input has ended, or somebody quits."""


def say(text: str) -> None:
    """Print one line at once: a screen reader waits for it."""
    output.write(output.safe(text))
    sys.stdout.flush()


def sentence(text: str) -> None:
    """Print a line that ends as a sentence does."""
    say(text if text.endswith((".", "!", "?")) else f"{text}.")


def prompt_user(prompt: str) -> str:
    """Read one answer. Raises End at the input's end."""
    sys.stdout.write(output.safe(prompt))
    sys.stdout.flush()
    answer = sys.stdin.readline()
    if not answer:
        raise End
    return answer.rstrip("\n")


def ask(question: Question) -> str | None:
    """Ask, and return the answer, or None where there is none. Raises End."""
    for part in (*question.intro, question.title):
        for line in part.split("\n"):
            say(line)
    for key, choice in zip(question.keys, question.choices, strict=False):
        say(f"  {key}: {choice}")
    answer = prompt_user("Your answer: " if question.may_be_empty else "Your answer (Enter cancels): ")
    if not answer.strip() and not question.may_be_empty:
        return None
    choice = question.resolve(answer)
    return ask(question.follow_ups[choice]) if choice in question.follow_ups else choice
